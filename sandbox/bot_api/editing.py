"""Methods that edit, delete, pin or react to existing messages."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    DeleteMessage,
    DeleteMessages,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    PinChatMessage,
    SetMessageReaction,
    UnpinAllChatMessages,
    UnpinChatMessage,
)
from aiogram.types import InlineKeyboardMarkup, InputMedia

from sandbox.bot_api import serializers
from sandbox.bot_api.context import BotContext
from sandbox.bot_api.errors import NOT_MODIFIED, bad_request
from sandbox.bot_api.formatting import caption_of, text_of
from sandbox.bot_api.markup import rows_of
from sandbox.bot_api.sending import kind_of, media_of
from sandbox.world import SERVICE, Message, react

Json = dict[str, Any]
Edit = EditMessageText | EditMessageCaption | EditMessageMedia | EditMessageReplyMarkup


def _own(context: BotContext, request: Edit) -> Message:
    found = context.message(request.chat_id, request.message_id, "message to edit not found")
    if not found.out or {"keyboard", SERVICE} & found.extra.keys():
        raise bad_request("message can't be edited")
    return found


async def _changed(
    context: BotContext, message: Message, markup: InlineKeyboardMarkup | None, **changes: Any
) -> Json:
    """Edit a message and return it; like Telegram, remove a keyboard that is not given again."""
    changes["buttons"] = rows_of(markup)
    if all(getattr(message, name) == value for name, value in changes.items()):
        raise bad_request(NOT_MODIFIED)
    await context.world.edit(message, **changes)
    return context.serialize(message)


async def edit_message_text(context: BotContext, request: EditMessageText) -> Json:
    message = _own(context, request)
    text, entities = text_of(request.text, request.parse_mode, request.entities)
    if message.media:
        raise bad_request("there is no text in the message to edit")
    return await _changed(context, message, request.reply_markup, text=text, entities=entities)


async def edit_message_caption(context: BotContext, request: EditMessageCaption) -> Json:
    message = _own(context, request)
    text, entities = caption_of(request.caption, request.parse_mode, request.caption_entities)
    if not message.media:
        raise bad_request("there is no caption in the message to edit")
    return await _changed(context, message, request.reply_markup, text=text, entities=entities)


async def edit_message_media(context: BotContext, request: EditMessageMedia) -> Json:
    message = _own(context, request)
    given = request.media
    assert isinstance(given, InputMedia)
    media = media_of(context, kind_of(given), given.media)
    text, entities = caption_of(given.caption, given.parse_mode, given.caption_entities)
    return await _changed(
        context, message, request.reply_markup, text=text, entities=entities, media=media
    )


async def edit_message_reply_markup(context: BotContext, request: EditMessageReplyMarkup) -> Json:
    return await _changed(context, _own(context, request), request.reply_markup)


async def delete_message(context: BotContext, request: DeleteMessage) -> bool:
    message = context.message(request.chat_id, request.message_id, "message to delete not found")
    await context.world.delete(message)
    return True


async def delete_messages(context: BotContext, request: DeleteMessages) -> bool:
    """Delete the messages that exist; like Telegram, ignore the ids that do not."""
    person = context.chat(request.chat_id)
    box = context.world.boxes[context.bot.id]
    for message in [box[one] for one in request.message_ids if one in box]:
        if message.chat_id == person.id:
            await context.world.delete(message)
    return True


async def set_message_reaction(context: BotContext, request: SetMessageReaction) -> bool:
    message = context.message(request.chat_id, request.message_id, "message to react not found")
    reactions = tuple(getattr(one, "emoji", "") for one in request.reaction or ())
    if "" in reactions or len(reactions) > 1:
        raise bad_request("REACTION_INVALID")
    await react(context.world, context.bot.id, message, reactions)
    return True


async def pin_chat_message(context: BotContext, request: PinChatMessage) -> bool:
    """Pin a message and send a service message to both sides; ignore a message that is pinned."""
    message = context.message(request.chat_id, request.message_id, "message to pin not found")
    if not message.pinned:
        await context.world.mark(message, pinned=True)
        note = {SERVICE: serializers.PINNED}
        await context.world.send(context.bot.id, message.chat_id, reply_to=message.id, extra=note)
    return True


async def unpin_chat_message(context: BotContext, request: UnpinChatMessage) -> bool:
    """Unpin a message; without an id, the most recent pinned one."""
    if request.message_id is not None:
        message = context.message(request.chat_id, request.message_id, "message to unpin not found")
        await context.world.mark(message, pinned=False)
        return True
    for message in _pinned(context, request.chat_id)[-1:]:
        await context.world.mark(message, pinned=False)
    return True


async def unpin_all_chat_messages(context: BotContext, request: UnpinAllChatMessages) -> bool:
    for message in _pinned(context, request.chat_id):
        await context.world.mark(message, pinned=False)
    return True


def _pinned(context: BotContext, chat_id: int | str) -> list[Message]:
    return [m for m in context.world.history(context.bot.id, context.chat(chat_id).id) if m.pinned]
