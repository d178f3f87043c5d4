"""Bots added while it serves, closing during a long poll, and a wizard over real polling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from sandbox.bot_api import BotApiServer
from sandbox.person import NotReceived, Person
from sandbox.world import PersonRecord, World
from tests.sandbox.bot_api.conftest import ANNA, BOT


async def test_a_bot_added_later_receives_earlier_messages(
    world: World, bot: Bot, anna: Person
) -> None:
    world.add(PersonRecord(8, "Late", username="late_bot", is_bot=True, bot_token="8:late"))
    await anna.say("late_bot", "/start")
    (update,) = await Bot("8:late", session=bot.session).get_updates()
    assert update.message is not None
    assert update.message.text == "/start"


async def test_closing_does_not_wait_for_a_long_poll(bot: Bot, bot_api: BotApiServer) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        poll = group.create_task(bot.get_updates(timeout=30))
        await bot.get_me()
        await bot_api.close()
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


async def test_a_timeout_reports_the_last_messages(bot: Bot, anna: Person) -> None:
    await bot.send_message(ANNA, "Something else")
    with pytest.raises(NotReceived, match=r"(?s)'Hello' did not come in 0\.05 s.*Something else"):
        await anna.wait_for(BOT, "Hello", timeout=0.05)
    with pytest.raises(NotReceived, match="left the press"):
        await anna.press_data(BOT, "x", timeout=0.05)
