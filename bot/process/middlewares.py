"""The middlewares: authentication, authorisation, and releasing a card that is pressed.

`Gate` runs before every handler: it drops updates from other than private chats, turns strangers
away and reads the admin's present role. `Rights` runs before each handler and checks the right
that the handler declares; a handler that declares none is denied.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.flags import get_flag
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update, User

from bot.preferences import service as admins
from bot.ui import problems
from bot.ui.i18n import Translator, language_of, translator_for
from bot.ui.reply import NO_PREVIEW
from bot.ui.rights import FLAG
from db.models.admin import Admin
from db.pool import Database

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

STRANGER_SECONDS = 600  # at most one answer to a stranger in this time
MOST_STRANGERS = 10_000  # kept in memory


class Gate(BaseMiddleware):
    """Outer middleware of updates: gives handlers `admin` and `_`, the admin's Translator."""

    def __init__(self, database: Database, *, owner_id: int, zone: ZoneInfo) -> None:
        self._database, self._owner_id, self._zone = database, owner_id, zone
        self._answered: dict[int, float] = {}

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if user is None or user.is_bot or chat is None or chat.type != "private":
            return None
        admin = await admins.recognise(
            self._database,
            user.id,
            user.full_name,
            language_of(user.language_code),
            owner_id=self._owner_id,
        )
        if admin is None:
            assert isinstance(event, Update)
            return await self._turn_away(event, user, data["bot"])
        data["admin"] = admin
        data["_"] = translator_for(admin, self._zone)
        return await handler(event, data)

    async def _turn_away(self, update: Update, user: User, bot: Bot) -> None:
        _ = Translator(language_of(user.language_code), self._zone)
        if (press := update.callback_query) is not None:
            with suppress(TelegramBadRequest):
                await press.answer(problems.no_right(_))
        elif self._may_answer(user.id):
            text = problems.stranger(_, user.id)
            await bot.send_message(user.id, text, link_preview_options=NO_PREVIEW)

    def _may_answer(self, user_id: int) -> bool:
        now = time.monotonic()
        if now - self._answered.get(user_id, -STRANGER_SECONDS) < STRANGER_SECONDS:
            return False
        if len(self._answered) >= MOST_STRANGERS:
            del self._answered[next(iter(self._answered))]
        self._answered.pop(user_id, None)
        self._answered[user_id] = now
        return True


class Rights(BaseMiddleware):
    """Inner middleware of messages and presses: refuse an admin without the declared right."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        admin: Admin = data["admin"]
        right = get_flag(data, FLAG)
        if right is not None and admin.may(right):
            return await handler(event, data)
        refusal = problems.no_right(data["_"])
        if isinstance(event, CallbackQuery):
            with suppress(TelegramBadRequest):
                return await event.answer(refusal)
        elif isinstance(event, Message):
            return await event.answer(refusal)
        return None


class ReleaseCard(BaseMiddleware):
    """Inner middleware of presses: stop editing a live card that is pressed.

    The handler may turn the message into another screen. One that shows the card follows it again.
    """

    def __init__(self, release: Callable[[int, int], Awaitable[None]]) -> None:
        self._release = release

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if isinstance(event, CallbackQuery) and event.message is not None:
            await self._release(event.message.chat.id, event.message.message_id)
        return await handler(event, data)
