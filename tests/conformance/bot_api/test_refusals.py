"""Errors of the Bot API, with Telegram's own texts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
)

from sandbox.person import Person
from sandbox.world import PersonRecord, World
from tests.sandbox.bot_api.conftest import ANNA, BORIS, BOT

Act = Callable[[Bot], Awaitable[object]]


def one_button(**what: object) -> InlineKeyboardMarkup:
    button = InlineKeyboardButton.model_validate({"text": "Press", **what})
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


BAD_REQUESTS: dict[str, tuple[Act, str]] = {
    "an empty text": (lambda bot: bot.send_message(ANNA, ""), "message text is empty"),
    "a blank text": (lambda bot: bot.send_message(ANNA, " \n"), "text must be non-empty"),
    "a text of 4097 units": (
        lambda bot: bot.send_message(ANNA, "🌸" * 2048 + "!"),
        "message is too long",
    ),
    "a caption of 1025 units": (
        lambda bot: bot.send_photo(ANNA, BufferedInputFile(b"jpg", "a.jpg"), caption="я" * 1025),
        "message caption is too long",
    ),
    "a chat that nobody has": (lambda bot: bot.send_message(999, "Hi"), "chat not found"),
    "a person by username": (lambda bot: bot.send_message("@anna", "Hi"), "chat not found"),
    "callback data of 66 bytes in 33 letters": (
        lambda bot: bot.send_message(ANNA, "Hi", reply_markup=one_button(callback_data="я" * 33)),
        "BUTTON_DATA_INVALID",
    ),
    "a button that does nothing": (
        lambda bot: bot.send_message(ANNA, "Hi", reply_markup=one_button()),
        "Text buttons are unallowed in the inline keyboard",
    ),
    "a button to nowhere": (
        lambda bot: bot.send_message(ANNA, "Hi", reply_markup=one_button(url="nowhere")),
        "inline keyboard button URL 'nowhere' is invalid",
    ),
    "a colour that does not exist": (
        lambda bot: bot.send_message(
            ANNA, "Hi", reply_markup=one_button(callback_data="x", style="green")
        ),
        "invalid button style specified",
    ),
    "an action that nobody does": (
        lambda bot: bot.send_chat_action(ANNA, "sleeping"),
        "wrong parameter action in request",
    ),
    "a command with a capital letter": (
        lambda bot: bot.set_my_commands([BotCommand(command="Start", description="Begin")]),
        "BOT_COMMAND_INVALID",
    ),
    "copies of messages that are not there": (
        lambda bot: bot.copy_messages(ANNA, ANNA, [77, 78]),
        "there are no messages to copy",
    ),
    "forwards that go backwards": (
        lambda bot: bot.forward_messages(ANNA, ANNA, [2, 1]),
        "message identifiers must be in a strictly increasing order",
    ),
    "an edit of a message that is not there": (
        lambda bot: bot.edit_message_text("New", chat_id=ANNA, message_id=77),
        "message to edit not found",
    ),
    "an edit of somebody else's message": (
        lambda bot: bot.edit_message_text("New", chat_id=ANNA, message_id=1),
        "message can't be edited",
    ),
    "the deletion of a message that is not there": (
        lambda bot: bot.delete_message(ANNA, 77),
        "message to delete not found",
    ),
    "a reply to a message that is not there": (
        lambda bot: bot.send_message(ANNA, "Hi", reply_parameters=ReplyParameters(message_id=77)),
        "message to be replied not found",
    ),
    "a query id that nobody was given": (
        lambda bot: bot.answer_callback_query("12345"),
        "query is too old and response timeout expired or query ID is invalid",
    ),
    "a file id of nobody": (
        lambda bot: bot.get_file("nonsense"),
        "wrong file_id or the file is temporarily unavailable",
    ),
    "sending a file id of nobody": (
        lambda bot: bot.send_document(ANNA, "nonsense"),
        "wrong file identifier/HTTP URL specified",
    ),
    "an empty file": (
        lambda bot: bot.send_document(ANNA, BufferedInputFile(b"", "empty.csv")),
        "file must be non-empty",
    ),
    "an album of one": (
        lambda bot: bot.send_media_group(
            ANNA, [InputMediaPhoto(media=BufferedInputFile(b"1", "a.jpg"))]
        ),
        "an album has 2 to 10 items",
    ),
    "a parse mode that does not exist": (
        lambda bot: bot.send_message(ANNA, "Hi", parse_mode="BBCode"),
        "unsupported parse_mode",
    ),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("what", BAD_REQUESTS)
async def test_invalid_requests_are_refused(bot: Bot, what: str) -> None:
    """https://core.telegram.org/bots/api#making-requests"""
    act, words = BAD_REQUESTS[what]
    with pytest.raises(TelegramBadRequest) as refusal:
        await act(bot)
    assert words in refusal.value.message


@pytest.mark.usefixtures("anna")
async def test_limits_are_counted_after_the_entities_are_parsed(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#sendmessage"""
    longest = "я" * 4096
    sent = await bot.send_message(ANNA, f"<b>{longest}</b>", parse_mode="HTML")
    assert sent.text == longest
    kept = await bot.send_message(ANNA, "Hi", reply_markup=one_button(callback_data="я" * 32))
    assert kept.reply_markup is not None


@pytest.mark.usefixtures("anna")
async def test_an_edit_that_changes_nothing_is_refused(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#editmessagetext"""
    markup = one_button(callback_data="x")
    sent = await bot.send_message(ANNA, "<b>Same</b>", parse_mode="HTML", reply_markup=markup)
    its = sent.message_id

    async def edit(text: str, markup: InlineKeyboardMarkup | None) -> None:
        await bot.edit_message_text(
            text, chat_id=ANNA, message_id=its, parse_mode="HTML", reply_markup=markup
        )

    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await edit(" <b>Same</b>\n", markup)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=ANNA, message_id=its, reply_markup=markup)
    await edit("Same", markup)
    await edit("Same", None)
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await bot.edit_message_caption(chat_id=ANNA, message_id=its, caption="Same")


async def test_a_bot_may_not_write_first(bot: Bot, world: World) -> None:
    """https://core.telegram.org/bots#how-are-bots-different-from-users"""
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation"):
        await bot.send_message(BORIS, "Hello")
    await Person(world, BORIS).say(BOT, "/start")
    await bot.send_message(BORIS, "Hello")


async def test_a_bot_may_not_write_to_a_person_who_blocked_it(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#making-requests"""
    anna.block("desk_bot")
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(ANNA, "Hello")
    anna.unblock("desk_bot")
    await bot.send_message(ANNA, "Hello")


@pytest.mark.usefixtures("anna")
async def test_a_bot_may_not_write_to_deleted_accounts_and_bots(bot: Bot, world: World) -> None:
    """https://core.telegram.org/bots/faq#why-doesn-39t-my-bot-see-messages-from-other-bots"""
    world.add(PersonRecord(9, "Other", is_bot=True, bot_token="9:x"))
    world.people[ANNA].deleted = True
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(ANNA, "Hello")
    with pytest.raises(TelegramForbiddenError, match="bots can't send messages to bots"):
        await bot.send_message(9, "Hello")
