"""Messages both ways, as aiogram reads and writes them."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.types import (
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    MessageOriginUser,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from sandbox.person import Person
from sandbox.world import Entity, World
from tests.sandbox.bot_api.conftest import ANNA, BORIS, BOT, spans


async def test_a_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (BOT, True, "desk_bot")


@pytest.mark.usefixtures("anna")
async def test_a_command_comes_as_an_update_with_its_entity(bot: Bot) -> None:
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
    sent = await bot.send_message(ANNA, "One")
    assert world.boxes[BOT][sent.message_id].text == "One"


async def test_a_reply_shows_what_it_replies_to(bot: Bot, anna: Person) -> None:
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


async def test_a_forwarded_message_says_who_wrote_it_first(
    bot: Bot, anna: Person, world: World
) -> None:
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
    await anna.share_contact(BOT, "+79990000101", "Anna", "S.")
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.contact is not None
    assert (update.message.contact.user_id, update.message.contact.last_name) == (ANNA, "S.")


async def test_picked_people_come_as_users_shared(bot: Bot, anna: Person) -> None:
    await anna.share_people(BOT, 7, [BORIS])
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.users_shared is not None
    assert [user.user_id for user in update.message.users_shared.users] == [BORIS]


async def test_an_edited_message_comes_as_edited_and_a_reaction_does_not(
    bot: Bot, anna: Person
) -> None:
    said = await anna.say(BOT, "Frist")
    (_, update) = await bot.get_updates()
    assert update.message is not None
    assert await bot.set_message_reaction(
        ANNA,
        update.message.message_id,
        reaction=[{"type": "emoji", "emoji": "👀"}],  # type: ignore[list-item]
    )
    await anna.wait_until(lambda: said.reactions == ("👀",))
    await anna.edit(said, "First")
    (edited,) = await bot.get_updates(offset=update.update_id + 1)
    assert edited.edited_message is not None
    assert edited.edited_message.text == "First"
    assert edited.edited_message.edit_date is not None


async def test_copy_makes_a_new_message_and_forward_names_its_origin(
    bot: Bot, anna: Person
) -> None:
    sent = await bot.send_message(ANNA, "<b>Offer</b>", parse_mode="HTML")
    copied = await bot.copy_message(ANNA, ANNA, sent.message_id)
    forwarded = await bot.forward_message(ANNA, ANNA, sent.message_id)
    assert copied.message_id not in (sent.message_id, forwarded.message_id)
    assert spans(forwarded.entities) == spans(sent.entities) == [("bold", 0, 5)]
    assert isinstance(forwarded.forward_origin, MessageOriginUser)
    assert [m.text for m in anna.history(BOT)][-3:] == ["Offer"] * 3


async def test_an_album_shares_one_group_id(bot: Bot, anna: Person) -> None:
    album = await bot.send_media_group(
        ANNA,
        [
            InputMediaDocument(
                media=BufferedInputFile(b"1", "a.txt"),
                caption="<i>two</i> files",
                parse_mode="HTML",
            ),
            InputMediaDocument(media=BufferedInputFile(b"2", "b.txt")),
        ],
    )
    assert len({message.media_group_id for message in album}) == 1
    assert album[0].caption == "two files"
    assert [m.media.data for m in anna.history(BOT)[-2:] if m.media] == [b"1", b"2"]


async def test_deleted_messages_are_gone_for_both(bot: Bot, anna: Person) -> None:
    sent = [await bot.send_message(ANNA, text) for text in ("a", "b", "c")]
    assert await bot.delete_message(ANNA, sent[0].message_id)
    assert await bot.delete_messages(ANNA, [sent[1].message_id, 999_999])
    assert [m.text for m in anna.history(BOT)] == ["/start", "c"]


async def test_a_pinned_card_can_be_unpinned(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(ANNA, "Live card")
    await bot.pin_chat_message(ANNA, sent.message_id, disable_notification=True)
    assert anna.history(BOT)[-1].pinned
    await bot.unpin_chat_message(ANNA)
    assert not anna.history(BOT)[-1].pinned


async def test_a_reply_keyboard_is_kept_for_who_shows_it(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(ANNA, "Thanks", reply_markup=ReplyKeyboardRemove())
    assert sent.reply_markup is None
    assert anna.history(BOT)[-1].extra["keyboard"] == {"remove_keyboard": True}


@pytest.mark.usefixtures("anna")
async def test_a_chat_can_be_looked_at(bot: Bot) -> None:
    chat = await bot.get_chat(ANNA)
    assert (chat.first_name, chat.username) == ("Anna", "anna")


async def test_the_command_list_is_kept_by_scope_and_language(bot: Bot) -> None:
    assert await bot.set_my_commands([{"command": "start", "description": "Begin"}])  # type: ignore[list-item]
    assert [one.command for one in await bot.get_my_commands()] == ["start"]
    assert await bot.get_my_commands(language_code="ru") == []
    assert await bot.delete_my_commands()
    assert await bot.get_my_commands() == []
    assert await bot.set_my_description("What it does")
