"""getUpdates: long polling, offsets, two pollers, a bot that was away; and a whole wizard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.exceptions import TelegramConflictError
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from sandbox.bot_api import BotApiDoor
from sandbox.person import NothingCame, Person
from sandbox.world import PersonRecord, World
from tests.sandbox.bot_api.conftest import ANNA, BOT


async def test_a_long_poll_wakes_at_once(bot: Bot, anna: Person) -> None:
    (first,) = await bot.get_updates()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        poll = group.create_task(bot.get_updates(offset=first.update_id + 1, timeout=30))
        await bot.get_me()
        await anna.say(BOT, "Now")
    (update,) = poll.result()
    assert update.message is not None
    assert update.message.text == "Now"


async def test_updates_come_again_until_an_offset_confirms_them(bot: Bot, anna: Person) -> None:
    await anna.say(BOT, "Two")
    one, two = await bot.get_updates()
    assert two.update_id == one.update_id + 1
    assert await bot.get_updates() == [one, two]
    assert await bot.get_updates(offset=two.update_id) == [two]
    assert await bot.get_updates() == [two]
    assert await bot.get_updates(offset=two.update_id + 1) == []


async def test_a_negative_offset_keeps_the_newest_only(bot: Bot, anna: Person) -> None:
    await anna.say(BOT, "Two")
    (newest,) = await bot.get_updates(offset=-1)
    assert newest.message is not None
    assert newest.message.text == "Two"
    assert await bot.get_updates() == [newest]


async def test_kinds_that_are_not_allowed_are_not_kept(bot: Bot, anna: Person) -> None:
    (first,) = await bot.get_updates(allowed_updates=["callback_query"])
    await anna.say(BOT, "Unheard")
    assert await bot.get_updates(offset=first.update_id + 1) == []


async def test_a_second_poller_ends_the_first_with_409(bot: Bot, anna: Person) -> None:
    (first,) = await bot.get_updates()
    offset = first.update_id + 1
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        older = group.create_task(_refused_poll(bot, offset))
        await bot.get_me()
        newer = group.create_task(bot.get_updates(offset=offset, timeout=30))
        assert "terminated by other getUpdates request" in await older
        await anna.say(BOT, "For the newer")
    assert len(newer.result()) == 1


async def _refused_poll(bot: Bot, offset: int) -> str:
    with pytest.raises(TelegramConflictError) as refusal:
        await bot.get_updates(offset=offset, timeout=30)
    return refusal.value.message


async def test_a_bot_that_was_away_gets_its_updates_later(bot: Bot, anna: Person) -> None:
    await anna.say(BOT, "While you were out")
    assert (await bot.get_webhook_info()).pending_update_count == 2
    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["/start", "While you were out"]
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []


async def test_a_bot_added_after_the_start_gets_what_was_written_to_it(
    world: World, bot: Bot, anna: Person
) -> None:
    world.add(PersonRecord(8, "Late", username="late_bot", is_bot=True, bot_token="8:late"))
    await anna.say("late_bot", "/start")
    (update,) = await Bot("8:late", session=bot.session).get_updates()
    assert update.message is not None
    assert update.message.text == "/start"


async def test_closing_the_door_does_not_wait_for_a_long_poll(bot: Bot, door: BotApiDoor) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        poll = group.create_task(bot.get_updates(timeout=30))
        await bot.get_me()
        await door.close()
    assert poll.result() == []


class Draft(StatesGroup):
    name = State()
    size = State()


def _wizard() -> Dispatcher:
    dispatcher = Dispatcher()
    sizes = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=s, callback_data=f"size:{s}") for s in "SML"]]
    )

    @dispatcher.message(Command("new"))
    async def new(message: Message, state: FSMContext) -> None:
        await state.set_state(Draft.name)
        await message.answer("A name?")

    @dispatcher.message(Draft.name)
    async def name(message: Message, state: FSMContext) -> None:
        await state.update_data(name=message.text)
        await state.set_state(Draft.size)
        await message.answer(
            f"<b>{message.text}</b>. A size?", parse_mode="HTML", reply_markup=sizes
        )

    @dispatcher.callback_query(Draft.size, F.data.startswith("size:"))
    async def size(query: CallbackQuery, state: FSMContext) -> None:
        await query.answer("Noted")
        assert isinstance(query.message, Message)
        assert query.data is not None
        draft = await state.get_data()
        await query.message.edit_text(f"{draft['name']}: {query.data[5:]}")

    @dispatcher.callback_query()
    async def stale(query: CallbackQuery) -> None:
        await query.answer()

    return dispatcher


@asynccontextmanager
async def polling(bot: Bot) -> AsyncIterator[None]:
    dispatcher = _wizard()
    async with asyncio.TaskGroup() as group:
        group.create_task(
            dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
        )
        yield
        await dispatcher.stop_polling()


async def test_a_person_goes_through_a_wizard_of_a_polling_dispatcher(
    bot: Bot, anna: Person
) -> None:
    async with asyncio.timeout(10), polling(bot):
        await anna.say("desk_bot", "/new")
        await anna.wait_for("desk_bot", "A name?")
        await anna.say("desk_bot", "Весна 🌸")
        question = await anna.wait_for("desk_bot", "A size?")
        assert await anna.press(None, "M") == "Noted"
        done = await anna.wait_for("desk_bot", "Весна 🌸: M")
        assert done.id == question.id
        assert done.buttons == ()
        with pytest.raises(LookupError, match="No button 'M'; there are: \\[\\]"):
            await anna.press(question, "M")
        assert await anna.press_data("desk_bot", "forged") is None


async def test_what_does_not_come_is_reported_with_what_did(bot: Bot, anna: Person) -> None:
    await bot.send_message(ANNA, "Something else")
    with pytest.raises(NothingCame, match=r"(?s)'Hello' did not come in 0\.05 s.*Something else"):
        await anna.wait_for(BOT, "Hello", timeout=0.05)
    with pytest.raises(NothingCame, match="left the press"):
        await anna.press_data(BOT, "x", timeout=0.05)
