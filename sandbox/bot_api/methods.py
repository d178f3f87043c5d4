"""The methods that the sandbox implements: aiogram's model of a request → its handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import methods
from aiogram.methods import TelegramMethod

from sandbox.bot_api import copying, editing, profile, sending, settings
from sandbox.bot_api.context import BotContext

Handler = Callable[[BotContext, Any], Awaitable[Any]]

HANDLERS: dict[type[TelegramMethod[Any]], Handler] = {
    methods.GetMe: profile.get_me,
    methods.GetUpdates: profile.get_updates,
    methods.DeleteWebhook: profile.delete_webhook,
    methods.GetWebhookInfo: profile.get_webhook_info,
    methods.AnswerCallbackQuery: profile.answer_callback_query,
    methods.GetFile: profile.get_file,
    methods.GetChat: profile.get_chat,
    methods.SetMyCommands: settings.set_my_commands,
    methods.GetMyCommands: settings.get_my_commands,
    methods.DeleteMyCommands: settings.delete_my_commands,
    methods.SetMyName: settings.set_my_text,
    methods.SetMyDescription: settings.set_my_text,
    methods.SetMyShortDescription: settings.set_my_text,
    methods.GetMyName: settings.get_my_name,
    methods.GetMyDescription: settings.get_my_description,
    methods.GetMyShortDescription: settings.get_my_short_description,
    methods.SetChatMenuButton: settings.set_chat_menu_button,
    methods.GetChatMenuButton: settings.get_chat_menu_button,
    methods.SendMessage: sending.send_message,
    methods.SendPhoto: sending.send_photo,
    methods.SendDocument: sending.send_document,
    methods.SendVideo: sending.send_video,
    methods.SendMediaGroup: sending.send_media_group,
    methods.SendChatAction: sending.send_chat_action,
    methods.CopyMessage: copying.copy_message,
    methods.CopyMessages: copying.copy_messages,
    methods.ForwardMessage: copying.forward_message,
    methods.ForwardMessages: copying.forward_messages,
    methods.EditMessageText: editing.edit_message_text,
    methods.EditMessageCaption: editing.edit_message_caption,
    methods.EditMessageMedia: editing.edit_message_media,
    methods.EditMessageReplyMarkup: editing.edit_message_reply_markup,
    methods.DeleteMessage: editing.delete_message,
    methods.DeleteMessages: editing.delete_messages,
    methods.SetMessageReaction: editing.set_message_reaction,
    methods.PinChatMessage: editing.pin_chat_message,
    methods.UnpinChatMessage: editing.unpin_chat_message,
    methods.UnpinAllChatMessages: editing.unpin_all_chat_messages,
}
