"""The accounts that send: seeing how each of them is."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.pressed import Pressed
from bot.reply import show
from bot.rights import needs
from bot.screens import accounts
from bot.services import overview
from bot.words import Words
from db.models.admin import Right
from db.pool import Database

router = Router(name="accounts")


@router.message(Command("accounts"), flags=needs(Right.SEE))
@router.callback_query(Pressed("a", "page"), flags=needs(Right.SEE))
async def show_accounts(event: Message | CallbackQuery, database: Database, _: Words) -> None:
    found = await overview.page_accounts(database)
    await show(event, accounts.accounts(_, found, datetime.now(UTC)))
