"""Authentication, roles and rights; every press and every handler is accounted for."""

from __future__ import annotations

from collections import Counter

import pytest
from aiogram.dispatcher.event.handler import HandlerObject

from bot.process.dispatcher import build_routers
from bot.ui.buttons import Press
from bot.ui.press_filter import Pressed
from bot.ui.rights import FLAG
from db.models.admin import Right, Role
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OPERATOR, OWNER, add_admin

HANDLERS = [
    (f"{router.name}.{handler.callback.__name__}", handler)
    for router in build_routers()
    for observer in router.observers.values()
    for handler in observer.handlers
]


@pytest.mark.parametrize("handler", [h for _, h in HANDLERS], ids=[name for name, _ in HANDLERS])
def test_every_handler_declares_a_right(handler: HandlerObject) -> None:
    assert isinstance(handler.flags.get(FLAG), Right)


def test_every_button_has_one_handler() -> None:
    """Keys take records only, so this is every button that any screen makes."""
    taken = Counter(
        kind
        for _, handler in HANDLERS
        for condition in handler.filters or ()
        if isinstance(condition.callback, Pressed)
        for kind in condition.callback.kinds
    )
    assert taken == dict.fromkeys(Press.__subclasses__(), 1)


async def test_the_owner_of_the_settings_becomes_the_owner_at_first_contact(
    office: Office,
) -> None:
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Three things before the first campaign")
    async with office.database.connection() as connection:
        row = await connection.fetchrow("SELECT id, name, role FROM admins")
    assert tuple(row or ()) == (OWNER, "Olga", "owner")


async def test_a_stranger_gets_one_polite_line_and_no_more(office: Office) -> None:
    for text in ("/start", "hello?", "/new"):
        await office.stranger.say(BOT, text)
    await office.owner.say(BOT, "/help")
    await office.owner.wait_for(BOT, "/campaigns")
    answers = [m.text for m in office.stranger.history(BOT) if not m.out]
    assert len(answers) == 1
    assert "This bot is private" in answers[0]
    assert str(office.stranger.id) in answers[0]


async def test_a_button_pressed_by_a_stranger_does_nothing(office: Office) -> None:
    await office.stranger.say(BOT, "/start")
    await office.stranger.wait_for(BOT, "private")
    assert await office.stranger.press_data(BOT, "c:1:pause") == "Your role does not allow this."


async def test_a_role_taken_away_counts_from_the_next_tap(office: Office) -> None:
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    await office.operator.say(BOT, "/new")
    await office.operator.wait_for(BOT, "What shall we call it?")
    async with office.database.connection() as connection:
        await connection.execute("UPDATE admins SET role = 'auditor' WHERE id = $1", OPERATOR)
    await office.operator.say(BOT, "/new")
    await office.operator.wait_for(BOT, "Your role does not allow this.")


async def test_someone_disabled_is_a_stranger(office: Office) -> None:
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    async with office.database.connection() as connection:
        await connection.execute("UPDATE admins SET disabled_at = now() WHERE id = $1", OPERATOR)
    await office.operator.say(BOT, "/start")
    await office.operator.wait_for(BOT, "This bot is private")


def test_routers_are_built_fresh_each_time() -> None:
    first, second = build_routers(), build_routers()
    assert [router.name for router in first] == [router.name for router in second]
    assert not {id(router) for router in first} & {id(router) for router in second}
