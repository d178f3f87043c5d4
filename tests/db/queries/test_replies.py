"""Rows of replies: which state of an edited message is stored, and when it is handled again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import asyncpg
import pytest

from db.models.reply import ClaimedReply, OutdatedQuestion, Reply
from db.pool import Connection, Database
from db.queries import replies, unclear_replies
from tests.db.rows import SEED

ACCOUNT, PERSON, STRANGER = 1, 7, 8
SAID = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def state(text: str, edited_after: int | None = None, *, person: int = PERSON) -> Reply:
    """Return message 5 as it is some seconds after it was sent; None: as it was sent."""
    edited_at = None if edited_after is None else SAID + timedelta(seconds=edited_after)
    return Reply(person, 5, text, SAID, edited_at)


async def seed(connection: Connection) -> None:
    await connection.execute(SEED)
    await connection.execute("UPDATE contacts SET user_id = $1 WHERE id = 1", PERSON)


async def stored(connection: Connection) -> list[asyncpg.Record]:
    return await connection.fetch("SELECT text, edited_at, handled_at IS NULL AS due FROM replies")


async def text(connection: Connection) -> str:
    (row,) = await stored(connection)
    return str(row["text"])


@pytest.mark.parametrize(
    "order", list(permutations([state("STPO"), state("STO", 5), state("STOP", 9)]))
)
async def test_the_latest_edit_is_stored_whatever_comes_first(
    database: Database, order: tuple[Reply, ...]
) -> None:
    async with database.connection() as connection:
        await seed(connection)
        for one in order:
            await replies.add(connection, ACCOUNT, [one])
        assert await text(connection) == "STOP"
        await connection.execute("TRUNCATE replies")
        await replies.add(connection, ACCOUNT, order)
        assert await text(connection) == "STOP"


async def test_another_text_is_handled_again_and_the_same_one_is_not(database: Database) -> None:
    async with database.connection() as connection:
        await seed(connection)
        await replies.add(connection, ACCOUNT, [state("STPO")])
        await replies.mark_handled(connection, ACCOUNT, 5)
        for unchanged in (state("STPO"), state("STPO", 3)):  # a sweep, a link preview
            await replies.add(connection, ACCOUNT, [unchanged])
            assert await replies.claim(connection) is None
        await replies.add(connection, ACCOUNT, [state("STOP", 4)])
        assert await replies.claim(connection) == ClaimedReply(ACCOUNT, PERSON, 5, "STOP")
        await replies.mark_handled(connection, ACCOUNT, 5)
        await replies.add(connection, ACCOUNT, [state("STPO", 3)])  # late
        assert await replies.claim(connection) is None


async def test_two_edits_in_one_second_count_in_the_order_of_their_arrival(
    database: Database,
) -> None:
    async with database.connection() as connection:
        await seed(connection)
        for one in (state("STPO", 4), state("STOP", 4), state("before both")):
            await replies.add(connection, ACCOUNT, [one])
        assert await text(connection) == "STOP"


async def test_a_hidden_edit_adds_no_row_but_changes_one(database: Database) -> None:
    async with database.connection() as connection:
        await seed(connection)
        await replies.add(connection, ACCOUNT, [state("no need", 3)], only_stored=True)
        assert await stored(connection) == []
        await replies.add(connection, ACCOUNT, [state("no need")])
        await replies.add(connection, ACCOUNT, [state("STOP", 3)], only_stored=True)
        assert await text(connection) == "STOP"


async def test_an_edit_of_a_person_who_is_no_contact_is_not_stored(database: Database) -> None:
    async with database.connection() as connection:
        await seed(connection)
        await replies.add(connection, ACCOUNT, [state("STOP", 3, person=STRANGER)])
        assert await stored(connection) == []


async def test_an_open_question_gets_the_text_of_its_own_message_only(database: Database) -> None:
    async with database.connection() as connection:
        await seed(connection)
        await unclear_replies.add(connection, PERSON, ACCOUNT, "stop calling", 5)
        (asked,) = await unclear_replies.page_unnotified(connection)
        await unclear_replies.save_question(connection, asked, 1, 70, "stop calling")
        await unclear_replies.revise(connection, ClaimedReply(ACCOUNT, PERSON, 6, "Hello"))
        assert await unclear_replies.find_outdated_questions(connection) == []
        await unclear_replies.revise(connection, ClaimedReply(ACCOUNT, PERSON, 5, "call me"))
        assert (await unclear_replies.get(connection, asked)).text == "call me"
        outdated = await unclear_replies.find_outdated_questions(connection)
        assert outdated == [OutdatedQuestion(asked, 1, 70)]
        await unclear_replies.save_question(connection, asked, 1, 71, "call me")
        assert await unclear_replies.find_outdated_questions(connection) == []
        await unclear_replies.decide(connection, asked, 1, stops=False)
        await unclear_replies.revise(connection, ClaimedReply(ACCOUNT, PERSON, 5, "later"))
        assert (await unclear_replies.get(connection, asked)).text == "call me"
