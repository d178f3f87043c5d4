"""/optouts shows the stop list, /optout puts somebody onto it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.intake import identities
from bot.reply import show
from bot.rights import needs
from bot.screens import opt_outs as screens
from bot.services import opt_outs
from bot.words import Words
from db.models.admin import Admin, Right
from db.models.contact import Identity
from db.pool import Database

router = Router(name="opt_outs")


@router.message(Command("optouts"), flags=needs(Right.SEE))
async def stop_list(message: Message, database: Database, _: Words) -> None:
    await show(message, screens.stop_list(_, await opt_outs.how_many(database)))


@router.message(Command("optout"), flags=needs(Right.BUILD))
async def bar(
    message: Message,
    command: CommandObject,
    database: Database,
    admin: Admin,
    region: str,
    _: Words,
) -> None:
    if not (typed := identities.tidy(command.args or "")):
        await show(message, screens.stop_list(_, await opt_outs.how_many(database)))
        return
    identity = (
        identities.username(typed)
        if identities.is_username(typed)
        else identities.phone(typed, region)
    )
    if not isinstance(identity, Identity):
        await show(message, screens.not_understood(_, typed))
        return
    newly = await opt_outs.bar(database, admin, identity)
    await show(message, screens.barred(_, typed, already=not newly))
