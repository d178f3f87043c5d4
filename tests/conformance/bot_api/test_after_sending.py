"""Operations on existing messages: copies, forwards, edits, pins, reactions."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    InaccessibleMessage,
    InputMediaDocument,
    Message,
    MessageOriginUser,
    ReactionTypeEmoji,
    Update,
)

from sandbox.person import Person
from tests.sandbox.bot_api.conftest import ANNA, BOT, spans


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates())[-1]


async def album(bot: Bot) -> list[Message]:
    return await bot.send_media_group(
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


async def test_an_edit_by_a_person_comes_as_edited_message(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#update"""
    said = await anna.say(BOT, "Frist")
    (_, update) = await bot.get_updates()
    await anna.edit(said, "First")
    (edited,) = await bot.get_updates(offset=update.update_id + 1)
    assert edited.edited_message is not None
    assert edited.edited_message.text == "First"
    assert edited.edited_message.edit_date is not None


async def test_a_copy_is_a_new_message_and_a_forward_names_its_origin(
    bot: Bot, anna: Person
) -> None:
    """https://core.telegram.org/bots/api#copymessage"""
    sent = await bot.send_message(ANNA, "<b>Offer</b>", parse_mode="HTML")
    copied = await bot.copy_message(ANNA, ANNA, sent.message_id)
    forwarded = await bot.forward_message(ANNA, ANNA, sent.message_id)
    assert copied.message_id not in (sent.message_id, forwarded.message_id)
    assert spans(forwarded.entities) == spans(sent.entities) == [("bold", 0, 5)]
    assert isinstance(forwarded.forward_origin, MessageOriginUser)
    assert [m.text for m in anna.history(BOT)][-3:] == ["Offer"] * 3
    assert "forward_origin" not in anna.history(BOT)[-2].extra


async def test_an_album_shares_one_group_id(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#sendmediagroup"""
    sent = await album(bot)
    assert len({message.media_group_id for message in sent}) == 1
    assert sent[0].caption == "two files"
    assert [m.media.data for m in anna.history(BOT)[-2:] if m.media] == [b"1", b"2"]


async def test_many_are_copied_in_order_albums_stay_albums_and_the_missing_are_skipped(
    bot: Bot, anna: Person
) -> None:
    """https://core.telegram.org/bots/api#copymessages"""
    first = await bot.send_message(ANNA, "First")
    ids = [first.message_id, *(one.message_id for one in await album(bot)), 999]
    copied = await bot.copy_messages(ANNA, ANNA, ids, remove_caption=True)
    copies = anna.history(BOT)[-3:]
    assert len(copied) == 3
    assert [(m.text, bool(m.media)) for m in copies] == [("First", False), ("", True), ("", True)]
    assert copies[0].grouped_id is None
    assert copies[1].grouped_id == copies[2].grouped_id != anna.history(BOT)[-5].grouped_id


async def test_many_are_forwarded_with_their_origin(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#forwardmessages"""
    ids = [one.message_id for one in await album(bot)]
    assert len(await bot.forward_messages(ANNA, ANNA, ids)) == 2
    last = anna.history(BOT)[-2:]
    assert [m.text for m in last] == ["two files", ""]
    assert all(m.extra["forward_origin"]["sender_user"]["id"] == BOT for m in last)


async def test_messages_are_deleted_and_unknown_ids_ignored(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#deletemessages"""
    sent = [await bot.send_message(ANNA, text) for text in ("a", "b", "c")]
    assert await bot.delete_message(ANNA, sent[0].message_id)
    assert await bot.delete_messages(ANNA, [sent[1].message_id, 999_999])
    assert [m.text for m in anna.history(BOT)] == ["/start", "c"]


async def test_a_pin_sends_a_service_message_that_the_bot_receives_too(
    bot: Bot, anna: Person
) -> None:
    """https://core.telegram.org/bots/api#pinchatmessage"""
    sent = await bot.send_message(ANNA, "Live card")
    assert await bot.pin_chat_message(ANNA, sent.message_id, disable_notification=True)
    card, note = anna.history(BOT)[-2:]
    assert card.pinned
    assert note.reply_to == card.id
    update = await newest(bot)
    assert update.message is not None
    assert isinstance(update.message.pinned_message, Message)
    assert update.message.pinned_message.message_id == sent.message_id
    assert update.message.from_user is not None
    assert update.message.from_user.id == BOT
    with pytest.raises(TelegramBadRequest, match="message can't be copied"):
        await bot.copy_message(ANNA, ANNA, update.message.message_id)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("Mine", chat_id=ANNA, message_id=update.message.message_id)


async def test_a_second_pin_of_a_message_sends_no_service_message(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#pinchatmessage"""
    sent = await bot.send_message(ANNA, "Live card")
    await bot.pin_chat_message(ANNA, sent.message_id)
    await bot.pin_chat_message(ANNA, sent.message_id)
    assert len(anna.history(BOT)) == 3


@pytest.mark.usefixtures("anna")
async def test_a_service_message_keeps_the_id_of_a_deleted_pinned_message(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#inaccessiblemessage"""
    sent = await bot.send_message(ANNA, "Live card")
    await bot.pin_chat_message(ANNA, sent.message_id)
    noted = await newest(bot)
    assert noted.message is not None
    await bot.delete_message(ANNA, sent.message_id)
    answer = await bot.send_message(ANNA, "Gone", reply_to_message_id=noted.message.message_id)
    assert answer.reply_to_message is not None
    gone = answer.reply_to_message.pinned_message
    assert isinstance(gone, InaccessibleMessage)
    assert (gone.message_id, gone.date) == (sent.message_id, 0)


async def test_unpinning_without_an_id_takes_the_newest(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#unpinchatmessage"""
    for text in ("One", "Two"):
        await bot.pin_chat_message(ANNA, (await bot.send_message(ANNA, text)).message_id)
    await bot.unpin_chat_message(ANNA)
    assert [m.text for m in anna.history(BOT) if m.pinned] == ["One"]
    chat = await bot.get_chat(ANNA)
    assert chat.pinned_message is not None
    assert chat.pinned_message.text == "One"
    await bot.unpin_all_chat_messages(ANNA)
    assert (await bot.get_chat(ANNA)).pinned_message is None


async def test_a_bots_reaction_reaches_the_person_and_is_no_update_for_the_bot(
    bot: Bot, anna: Person
) -> None:
    """https://core.telegram.org/bots/api#setmessagereaction"""
    said = await anna.say(BOT, "Here is my file")
    update = (await bot.get_updates(allowed_updates=["message", "message_reaction"]))[-1]
    assert update.message is not None
    eyes = [ReactionTypeEmoji(emoji="👀")]
    assert await bot.set_message_reaction(ANNA, update.message.message_id, reaction=eyes)  # type: ignore[arg-type]
    await anna.wait_until(lambda: said.reactions == ("👀",))
    assert await bot.set_message_reaction(ANNA, update.message.message_id)
    await anna.wait_until(lambda: said.reactions == ())
    assert await bot.get_updates(offset=update.update_id + 1) == []


async def test_reactions_are_updates_only_when_allowed(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#messagereactionupdated"""
    sent = await bot.send_message(ANNA, "How was it?")
    shown = anna.history(BOT)[-1]
    await anna.react(shown, "👍")
    (start,) = await bot.get_updates(allowed_updates=["message", "message_reaction"])
    await anna.react(shown, "🔥")
    (update,) = await bot.get_updates(offset=start.update_id + 1)
    reacted = update.message_reaction
    assert reacted is not None
    assert (reacted.message_id, reacted.user.id if reacted.user else 0) == (sent.message_id, ANNA)
    before, after = (
        [one.model_dump() for one in r] for r in (reacted.old_reaction, reacted.new_reaction)
    )
    assert before == [{"type": "emoji", "emoji": "👍"}]
    assert after == [{"type": "emoji", "emoji": "🔥"}]
