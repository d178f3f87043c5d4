"""An edited reply is heard as a new one: live, and by the sweep after downtime."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.models.opt_out import CONFIRMATIONS
from sandbox.person import Person
from sandbox.world import Message, PersonRecord
from tests.sender.answers import hand, until_said, written_to
from tests.sender.stage import ACCOUNT_ID, PICTURE, Stage

UNCLEAR = "please stop calling me, write here"


async def said(stage: Stage, one: PersonRecord, text: str) -> Message:
    """Say something to the account and return it when it has been handled."""
    message = await hand(stage, one).say(ACCOUNT_ID, text)
    await until_handled(stage, text)
    return message


async def until_handled(stage: Stage, text: str) -> None:
    assert "'" not in text
    await stage.until_rows(f"SELECT FROM replies WHERE text = '{text}' AND handled_at IS NOT NULL")


async def swept(stage: Stage, since_now: timedelta) -> None:
    """Make the last sweep one that read the dialogs up to this moment."""
    await stage.run(
        "INSERT INTO sweeps SELECT id, now() + $1::interval FROM accounts"
        " ON CONFLICT (account_id) DO UPDATE SET until = excluded.until",
        since_now,
    )


async def questions(stage: Stage) -> list[tuple[str, bool | None]]:
    """Return the text and decision of every question to the admins."""
    rows = await stage.run("SELECT text, stops FROM unclear_replies ORDER BY id")
    return [(row["text"], row["stops"]) for row in rows]


async def test_a_typo_edited_into_stop_is_an_opt_out(stage: Stage) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    message = await said(stage, one, "STPO")
    assert await questions(stage) == [("STPO", None)]
    await hand(stage, one).edit(message, "STOP")
    await until_said(stage, one, CONFIRMATIONS["en"])
    assert await questions(stage) == [("STOP", True)]
    (row,) = await stage.run("SELECT DISTINCT reason FROM suppressions")
    assert row["reason"] == "opt_out"


async def test_a_caption_edited_into_stop_is_an_opt_out(stage: Stage) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    photo = await hand(stage, one).send_photo(ACCOUNT_ID, PICTURE)
    await until_handled(stage, "")
    await hand(stage, one).edit(photo, "больше не пишите")
    await until_said(stage, one, CONFIRMATIONS["ru"])


@pytest.mark.parametrize("below", [False, True])
async def test_an_edit_made_while_the_process_was_down_is_found_by_the_sweep(
    stage: Stage, below: bool
) -> None:
    """An edit moves no dialog, and the edited message may lie below others."""
    (one,) = stage.people(1)
    await written_to(stage, one)
    message = await said(stage, one, "Hello!")
    if below:
        await said(stage, one, "Are you there?")
        await Person(stage.sandbox.world, ACCOUNT_ID).say(one.id, "Yes")  # from her phone
    await stage.stop()
    await hand(stage, one).edit(message, "stop")
    await stage.run("DELETE FROM update_states")  # not even Telegram's own memory helps
    await swept(stage, timedelta(hours=1))  # later than the message, with the overlap
    await stage.start()
    await until_said(stage, one, CONFIRMATIONS["en"])


async def forgotten(stage: Stage, one: PersonRecord, text: str) -> Message:
    """Return a message of five hours ago that is not stored, though a sweep was made since."""
    message = await said(stage, one, text)
    copy = stage.sandbox.world.copy_of(message, ACCOUNT_ID)
    assert copy is not None
    message.date = copy.date = message.date - 5 * 3600
    await stage.run("DELETE FROM replies")
    await swept(stage, timedelta(hours=-1))
    return message


@pytest.mark.parametrize("down", [False, True])
async def test_an_edit_of_a_message_that_was_never_stored_is_heard(
    stage: Stage, down: bool
) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    message = await forgotten(stage, one, "Hello!")
    if down:
        await stage.stop()
        await stage.run("DELETE FROM update_states")
    await hand(stage, one).edit(message, "Please stop")
    if down:
        await stage.start()
    await until_said(stage, one, CONFIRMATIONS["en"])


async def test_a_reaction_while_the_process_was_down_stores_no_old_message(stage: Stage) -> None:
    one, other = stage.people(2)
    await written_to(stage, one, other)
    message = await forgotten(stage, one, "Hello!")
    await stage.stop()
    await stage.run("DELETE FROM update_states")
    await hand(stage, one).react(message, "👍")
    await hand(stage, other).say(ACCOUNT_ID, "Good evening")
    await stage.start()
    await until_handled(stage, "Good evening")
    rows = await stage.run("SELECT text FROM replies")
    assert [row["text"] for row in rows] == ["Good evening"]


async def test_a_reaction_asks_no_second_time_and_stores_no_old_message(stage: Stage) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    old = await said(stage, one, "Hello!")
    await stage.run("DELETE FROM replies")
    unclear = await said(stage, one, UNCLEAR)
    await stage.run("UPDATE unclear_replies SET decided_at = now(), stops = false")
    for message in (old, unclear):
        await hand(stage, one).react(message, "👍")
    await said(stage, one, "Good evening")  # the updates before it are handled
    assert await questions(stage) == [(UNCLEAR, False)]
    rows = await stage.run("SELECT text FROM replies ORDER BY message_id")
    assert [row["text"] for row in rows] == [UNCLEAR, "Good evening"]


async def test_a_question_stays_with_the_new_text_when_the_reply_becomes_harmless(
    stage: Stage,
) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    message = await said(stage, one, UNCLEAR)
    await hand(stage, one).edit(message, "please call me")
    await until_handled(stage, "please call me")
    assert await questions(stage) == [("please call me", None)]
    assert await stage.run("SELECT FROM suppressions WHERE reason = 'unclear_reply'")


async def test_a_refusal_stays_one_when_it_is_edited_later(stage: Stage) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    message = await said(stage, one, "STOP")
    await until_said(stage, one, CONFIRMATIONS["en"])
    await hand(stage, one).edit(message, "Hello!")
    await until_handled(stage, "Hello!")
    assert await stage.run("SELECT FROM suppressions WHERE reason = 'opt_out'")
