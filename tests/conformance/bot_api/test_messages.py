"""Messages in both directions, as aiogram parses and sends them."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    CallbackQuery,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestUsers,
    Message,
    MessageOriginUser,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from sandbox.person import Person
from sandbox.world import Entity, World
from tests.sandbox.bot_api.conftest import ANNA, BORIS, BOT, spans


@pytest.mark.usefixtures("anna")
async def test_a_command_comes_as_an_update_with_its_entity(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#messageentity"""
    (update,) = await bot.get_updates()
    message = update.message
    assert message is not None
    assert message.from_user is not None
    assert (message.text, message.from_user.id, message.chat.type) == ("/start", ANNA, "private")
    assert message.from_user.language_code == "ru"
    assert spans(message.entities) == [("bot_command", 0, 6)]


async def test_a_message_arrives_with_its_coloured_and_copying_buttons(
    bot: Bot, anna: Person
) -> None:
    """https://core.telegram.org/bots/api#inlinekeyboardbutton"""
    markup = InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text="Start", callback_data="c:1:start", style="success")],
            [
                InlineKeyboardButton(text="Copy", copy_text=CopyTextButton(text="id-7")),
                InlineKeyboardButton(text="Help", url="https://example.org/"),
            ],
        ]
    )
    sent = await bot.send_message(ANNA, "Ready?", reply_markup=markup)
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump() == markup.model_dump()
    arrived = await anna.wait_for("desk_bot", "Ready?")
    assert [[button.text for button in row] for row in arrived.buttons] == [
        ["Start"],
        ["Copy", "Help"],
    ]
    assert arrived.buttons[0][0].style == "success"
    assert arrived.buttons[1][0].copy_text == "id-7"


@pytest.mark.usefixtures("anna")
async def test_ids_in_answers_are_those_of_the_bots_own_box(bot: Bot, world: World) -> None:
    """https://core.telegram.org/bots/api#message"""
    sent = await bot.send_message(ANNA, "One")
    assert world.boxes[BOT][sent.message_id].text == "One"


async def test_a_reply_shows_what_it_replies_to(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#replyparameters"""
    first = await bot.send_message(ANNA, "First")
    answer = await bot.send_message(
        ANNA, "Second", reply_parameters=ReplyParameters(message_id=first.message_id)
    )
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.message_id == first.message_id
    await anna.reply(await anna.wait_for(BOT, "Second"), "Third")
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.text == "Second"


async def test_a_forwarded_message_names_its_original_sender(
    bot: Bot, anna: Person, world: World
) -> None:
    """https://core.telegram.org/bots/api#messageoriginuser"""
    boris = Person(world, 102)
    await boris.say(ANNA, "Как **есть**", (Entity("bold", 4, 8),))
    (original,) = anna.history(102)
    await anna.forward(BOT, original)
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert isinstance(update.message.forward_origin, MessageOriginUser)
    assert update.message.forward_origin.sender_user.id == BORIS
    assert spans(update.message.entities) == [("bold", 4, 8)]


async def test_a_shared_contact_carries_the_id_of_a_known_person(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#contact"""
    await anna.share_contact(BOT, "+79990000101", "Anna", "S.")
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.contact is not None
    assert (update.message.contact.user_id, update.message.contact.last_name) == (ANNA, "S.")


async def test_shared_people_come_as_users_shared(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#usersshared"""
    await anna.share_people(BOT, 7, [BORIS])
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.users_shared is not None
    assert [user.user_id for user in update.message.users_shared.users] == [BORIS]


async def test_a_keyboard_that_asks_for_people_is_answered_with_users_shared(
    bot: Bot, anna: Person
) -> None:
    """https://core.telegram.org/bots/api#keyboardbuttonrequestusers"""
    ask = KeyboardButton(
        text="Add people", request_users=KeyboardButtonRequestUsers(request_id=3, max_quantity=5)
    )
    keyboard = ReplyKeyboardMarkup(keyboard=[[ask]], resize_keyboard=True)
    sent = await bot.send_message(ANNA, "Who?", reply_markup=keyboard)
    assert sent.reply_markup is None
    (row,) = anna.history(BOT)[-1].extra["keyboard"]["keyboard"]
    await anna.share_people(BOT, row[0]["request_users"]["request_id"], [BORIS])
    shared = (await bot.get_updates())[-1].message
    assert shared is not None
    assert shared.users_shared is not None
    assert shared.users_shared.request_id == 3
    await bot.send_message(ANNA, "Thanks", reply_markup=ReplyKeyboardRemove())
    assert anna.history(BOT)[-1].extra["keyboard"] == {"remove_keyboard": True}


async def pressed(bot: Bot, anna: Person) -> tuple[str, CallbackQuery]:
    """Press a button as Anna; return the query's id and the update that the bot receives."""
    key = InlineKeyboardButton(text="Go", callback_data="go")
    markup = InlineKeyboardMarkup(inline_keyboard=[[key]])
    await bot.send_message(ANNA, "Ready?", reply_markup=markup)
    query_id = await anna.world.press(ANNA, anna.history(BOT)[-1], "go")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    return query_id, query


async def test_a_press_comes_with_its_message_and_data(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#callbackquery"""
    _, query = await pressed(bot, anna)
    assert (query.data, query.from_user.id) == ("go", ANNA)
    assert isinstance(query.message, Message)
    assert query.message.text == "Ready?"


async def test_a_press_may_be_answered_with_a_toast_an_alert_or_a_link(
    bot: Bot, anna: Person
) -> None:
    """https://core.telegram.org/bots/api#answercallbackquery"""
    query_id, query = await pressed(bot, anna)
    assert await query.answer("Cannot be undone", show_alert=True).as_(bot)
    alert = await anna.wait_for_answer(query_id)
    assert (alert.text, alert.alert) == ("Cannot be undone", True)
    query_id, query = await pressed(bot, anna)
    assert await bot.answer_callback_query(query.id, url="https://t.me/desk_bot?start=x")
    assert (await anna.wait_for_answer(query_id)).url == "https://t.me/desk_bot?start=x"
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query.id, text="x" * 201)
