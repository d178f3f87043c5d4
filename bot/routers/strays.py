"""Whatever nobody else took: old or forged buttons, and messages nothing was waiting for."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.reply import show
from bot.rights import needs
from bot.screens import problems
from bot.screens.dashboard import dashboard
from bot.services import overview
from bot.words import Words
from db.models.admin import Admin, Right
from db.pool import Database

router = Router(name="strays")


@router.callback_query(flags=needs(Right.SEE))
async def old_button(callback: CallbackQuery, database: Database, admin: Admin, _: Words) -> None:
    found = await overview.overview(database)
    await show(callback, dashboard(_, admin, found), problems.old_button(_))


@router.message(F.pinned_message, flags=needs(Right.SEE))
async def own_pin(message: Message) -> None:
    """Telegram's note that we pinned a card: nothing to say."""


@router.message(flags=needs(Right.SEE))
async def unhandled(message: Message, _: Words) -> None:
    await show(message, problems.unhandled(_))
