"""Methods that look: who the bot is, what came for it, what a chat or a file is; and its toasts."""

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

from sandbox.bot_api import render
from sandbox.bot_api.desk import Desk
from sandbox.bot_api.refusals import QUERY_TOO_OLD, bad_request
from sandbox.world import CallbackAnswered

Json = dict[str, Any]

_TOAST_LIMIT = 200


async def get_me(desk: Desk, _ask: GetMe) -> Json:
    return {
        **render.user(desk.bot),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(desk: Desk, ask: GetUpdates) -> list[Json]:
    return await desk.updates.get(ask.offset, ask.limit, ask.timeout, ask.allowed_updates)


async def delete_webhook(desk: Desk, ask: DeleteWebhook) -> bool:
    if ask.drop_pending_updates:
        desk.updates.clear()
    return True


async def get_webhook_info(desk: Desk, _ask: GetWebhookInfo) -> Json:
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(desk.updates),
    }


async def answer_callback_query(desk: Desk, ask: AnswerCallbackQuery) -> bool:
    person_id = desk.queries.get(ask.callback_query_id)
    if person_id is None:
        raise bad_request(QUERY_TOO_OLD)
    if ask.text and len(ask.text) > _TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    desk.world.tell(
        person_id,
        CallbackAnswered(ask.callback_query_id, ask.text or None, bool(ask.show_alert), ask.url),
    )
    return True


async def get_file(desk: Desk, ask: GetFile) -> Json:
    return desk.files.get(ask.file_id)


async def get_chat(desk: Desk, ask: GetChat) -> Json:
    person = desk.chat(ask.chat_id)
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
    pinned = [m for m in desk.world.history(desk.bot.id, person.id) if m.pinned]
    return {
        **render.chat(person),
        **({"active_usernames": [person.username]} if person.username else {}),
        "accent_color_id": person.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
        **({"pinned_message": desk.show(pinned[-1])} if pinned else {}),
    }
