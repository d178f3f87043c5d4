"""Methods that read: the bot, its updates, a chat, a file; and answers to callback queries."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteWebhook,
    GetChat,
    GetFile,
    GetMe,
    GetUpdates,
    GetWebhookInfo,
)

from sandbox.bot_api import serializers
from sandbox.bot_api.context import BotContext
from sandbox.bot_api.errors import QUERY_TOO_OLD, bad_request
from sandbox.world import CallbackAnswered

Json = dict[str, Any]

_TOAST_LIMIT = 200


async def get_me(context: BotContext, _request: GetMe) -> Json:
    return {
        **serializers.user(context.bot),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(context: BotContext, request: GetUpdates) -> list[Json]:
    return await context.updates.get(
        request.offset, request.limit, request.timeout, request.allowed_updates
    )


async def delete_webhook(context: BotContext, request: DeleteWebhook) -> bool:
    if request.drop_pending_updates:
        context.updates.clear()
    return True


async def get_webhook_info(context: BotContext, _request: GetWebhookInfo) -> Json:
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(context.updates),
    }


async def answer_callback_query(context: BotContext, request: AnswerCallbackQuery) -> bool:
    person_id = context.queries.get(request.callback_query_id)
    if person_id is None:
        raise bad_request(QUERY_TOO_OLD)
    if request.text and len(request.text) > _TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    context.world.notify(
        person_id,
        CallbackAnswered(
            request.callback_query_id, request.text or None, bool(request.show_alert), request.url
        ),
    )
    return True


async def get_file(context: BotContext, request: GetFile) -> Json:
    return context.files.get(request.file_id)


async def get_chat(context: BotContext, request: GetChat) -> Json:
    person = context.chat(request.chat_id)
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        True,
    )
    pinned = [m for m in context.world.history(context.bot.id, person.id) if m.pinned]
    return {
        **serializers.chat(person),
        **({"active_usernames": [person.username]} if person.username else {}),
        "accent_color_id": person.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
        **({"pinned_message": context.serialize(pinned[-1])} if pinned else {}),
    }
