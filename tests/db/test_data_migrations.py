"""Migrations that change rows: what rows of the former schema are in the present one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from db.migrate import migrate
from db.models.account import Account, AccountStatus
from db.models.reply import ClaimedReply, OptOutConfirmation
from db.pool import Database
from db.queries import accounts, opt_out_confirmations, suppressions, unclear_replies

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

# --- 0008: the facts of accounts -------------------------------------------------

ADD_ACCOUNT = """
INSERT INTO accounts (user_id, name, status, status_reason, resting_until)
VALUES (77, 'Olga', $1, $2, now() + $3::interval)
"""
SET_NEXT_FIRST = "UPDATE account_caps SET next_first_at = now() + $1::interval"


async def migrated(
    database: Database,
    status: str,
    reason: str | None,
    rest: timedelta | None = None,
    next_first: timedelta = MINUTE,
) -> Account:
    """Return an account of the schema 0007 as the present schema has it.

    `rest` is the time until its resting_until, `next_first` until its next first contact.
    """
    await migrate(database, until=7)
    async with database.connection() as connection:
        await connection.execute(ADD_ACCOUNT, status, reason, rest)
        await connection.execute(SET_NEXT_FIRST, next_first)
    await migrate(database)
    async with database.connection() as connection:
        (account,) = await accounts.page(connection)
    return account


def facts(account: Account) -> set[str]:
    """Return the names of the facts and reasons that the account has."""
    names = "rest limit hold loss"
    columns = "resting_until limited_until held_at lost_at disabled_at".split()
    columns += [f"{name}_reason" for name in names.split()]
    return {name for name in columns if getattr(account, name) is not None}


def is_in(account: Account, moment: datetime | None, wait: timedelta) -> bool:
    """Return whether `moment` was `wait` ahead a moment ago."""
    return moment is not None and wait - MINUTE < moment - account.at <= wait


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        ("active", None, set()),
        ("held", "FLOOD_WAIT_7200", {"held_at", "hold_reason"}),
        ("lost", "AUTH_KEY_UNREGISTERED", {"lost_at", "loss_reason"}),
        ("disabled", None, {"disabled_at"}),
    ],
)
async def test_a_status_without_an_end_becomes_its_fact(
    unmigrated: Database, status: str, reason: str | None, expected: set[str]
) -> None:
    account = await migrated(unmigrated, status, reason)
    assert facts(account) == expected
    assert (account.status, account.status_reason) == (status, reason)


async def test_a_resting_account_rests_on(unmigrated: Database) -> None:
    account = await migrated(unmigrated, "resting", "FLOOD_WAIT_3600", HOUR)
    assert facts(account) == {"resting_until", "rest_reason"}
    assert is_in(account, account.resting_until, HOUR)
    assert (account.status, account.status_reason) == (AccountStatus.RESTING, "FLOOD_WAIT_3600")


async def test_a_limited_account_is_limited_on_and_does_not_rest(unmigrated: Database) -> None:
    account = await migrated(unmigrated, "limited", "PEER_FLOOD", 20 * HOUR)
    assert facts(account) == {"limited_until", "limit_reason"}
    assert is_in(account, account.limited_until, 20 * HOUR)
    assert (account.status, account.status_reason) == (AccountStatus.LIMITED, "PEER_FLOOD")


@pytest.mark.parametrize("status", ["resting", "active"])
async def test_a_limit_that_a_rest_overwrote_is_found_in_the_caps(
    unmigrated: Database, status: str
) -> None:
    """Before 0008 a rest after PEER_FLOOD replaced the limit, and its end left no status."""
    rest = 2 * MINUTE if status == "resting" else None
    reason = "FLOOD_WAIT_120" if status == "resting" else None
    account = await migrated(unmigrated, status, reason, rest, next_first=20 * HOUR)
    rests = {"resting_until", "rest_reason"} if status == "resting" else set()
    assert facts(account) == {"limited_until", "limit_reason"} | rests
    assert is_in(account, account.limited_until, 20 * HOUR)
    assert account.limit_reason == "PEER_FLOOD"
    assert account.rest_reason == reason


# --- 0010: unclear replies and opt-out confirmations --------------------------------

FORMER_ROWS = """
INSERT INTO admins (id, name, role) VALUES (1, 'Anna', 'owner');
INSERT INTO accounts (user_id, name) VALUES (500, 'Olga');
INSERT INTO doubts (peer_id, account_id, text, told_at) VALUES (7, 1, 'stop calling', now());
INSERT INTO doubts (peer_id, account_id, text) VALUES (8, 1, 'stop?');
INSERT INTO farewells (peer_id, account_id, language) VALUES (9, 1, 'en');
INSERT INTO suppressions (identity_hash, reason) VALUES ('\\x07', 'asked'), ('\\x09', 'opt_out');
INSERT INTO audit (admin_id, act, noun, noun_id) VALUES (1, 'decide', 'doubt', 1);
"""
FIND_FORMER_NAMES = """
SELECT name FROM (
    SELECT relname FROM pg_class UNION SELECT conname FROM pg_constraint
    UNION SELECT proname FROM pg_proc UNION SELECT tgname FROM pg_trigger
) AS names (name) WHERE name ~ 'doubt|farewell|nudge'
"""


async def test_unclear_replies_keep_their_rows(unmigrated: Database) -> None:
    await migrate(unmigrated, until=9)
    async with unmigrated.connection() as connection:
        await connection.execute(FORMER_ROWS)
    await migrate(unmigrated)
    async with unmigrated.connection() as connection:
        assert await unclear_replies.page_unnotified(connection) == [2]
        assert (await unclear_replies.get(connection, 1)).text == "stop calling"
        assert await unclear_replies.add(connection, 10, 1, "stop?")
        (due,) = await opt_out_confirmations.page_due(connection)
        assert due == OptOutConfirmation(peer_id=9, account_id=1, language="en", attempts=0)
        assert not await suppressions.is_suppressed(connection, [b"\x07"])
        await suppressions.delete_unclear(connection, [b"\x07", b"\x09"])
        assert await suppressions.find_suppressed(connection, [b"\x07", b"\x09"]) == {b"\x09"}
        assert await connection.fetchval("SELECT noun FROM audit") == "unclear_reply"


# --- 0013: edited replies -------------------------------------------------------------

ROWS_BEFORE_EDITS = """
INSERT INTO accounts (user_id, name) VALUES (500, 'Olga');
INSERT INTO replies (account_id, peer_id, message_id, text, said_at)
VALUES (1, 7, 20, 'stop calling', now()), (1, 7, 21, 'Hello', now());
INSERT INTO unclear_replies (peer_id, account_id, text) VALUES (7, 1, 'stop calling');
"""


async def test_an_open_question_knows_the_message_that_it_is_about(unmigrated: Database) -> None:
    await migrate(unmigrated, until=12)
    async with unmigrated.connection() as connection:
        await connection.execute(ROWS_BEFORE_EDITS)
    await migrate(unmigrated)
    async with unmigrated.connection() as connection:
        await unclear_replies.revise(connection, ClaimedReply(1, 7, 21, "Bye"))
        assert (await unclear_replies.get(connection, 1)).text == "stop calling"
        await unclear_replies.revise(connection, ClaimedReply(1, 7, 20, "call me"))
        assert (await unclear_replies.get(connection, 1)).text == "call me"


# --- 0011 and 0020: persons ---------------------------------------------------------------

# Contacts 1 and 2 are one person; 4 is a channel with the number of a user; the peer of 3 is gone.
ROWS_BEFORE_PERSONS = """
INSERT INTO admins (id, name, role) VALUES (1, 'Anna', 'owner');
INSERT INTO accounts (user_id, name) VALUES (500, 'Olga');
INSERT INTO templates (name, text, created_by) VALUES ('T', 'Hi', 1);
INSERT INTO contacts (key, username, identity_hashes)
SELECT 'username:p' || n, 'p' || n, ARRAY[sha256(('p' || n)::bytea)] FROM generate_series(1, 5) n;
INSERT INTO peers (account_id, contact_id, kind, peer_id, access_hash) VALUES
    (1, 1, 'user', 7, 1), (1, 2, 'user', 7, 1), (1, 4, 'channel', 8, 1), (1, 5, 'user', 8, 1);
INSERT INTO campaigns (name, status, template_id, created_by, total, started_at, expanded_at)
VALUES ('C', 'running', 1, 1, 5, now(), now());
INSERT INTO deliveries (campaign_id, contact_id, contact_list_id, pos, status, account_id, peer_id,
    random_id, first_attempt_at, claim_token, claimed_until) VALUES
    (1, 1, 1, 1, 'sending', 1, 7, 71, now(), 1, now()), (1, 2, 1, 2, 'pending', NULL, NULL, NULL,
     NULL, NULL, NULL), (1, 3, 1, 3, 'sending', 1, 9, 91, now(), 1, now()),
    (1, 4, 1, 4, 'sending', 1, 8, 81, now(), 1, now());
"""
FIND_PERSONS = """
SELECT contact_id, random_id, kind, persons.peer_id FROM deliveries
LEFT JOIN persons ON persons.id = person_id ORDER BY contact_id
"""


async def test_a_running_campaign_keeps_its_random_ids_and_knows_its_persons(
    unmigrated: Database,
) -> None:
    await migrate(unmigrated, until=10)
    async with unmigrated.connection() as connection:
        await connection.execute(ROWS_BEFORE_PERSONS)
    await migrate(unmigrated)
    async with unmigrated.connection() as connection:
        assert [tuple(row) for row in await connection.fetch(FIND_PERSONS)] == [
            (1, 71, "user", 7),
            (2, None, None, None),
            (3, 91, "user", 9),
            (4, 81, "channel", 8),
        ]
        assert await connection.fetchval("SELECT random_id_of FROM campaigns") == "contact"
        same = "SELECT count(DISTINCT person_id) FROM contacts WHERE id IN (1, 2)"
        assert await connection.fetchval(same) == 1


async def test_no_object_of_the_schema_keeps_a_former_name(database: Database) -> None:
    async with database.connection() as connection:
        assert await connection.fetch(FIND_FORMER_NAMES) == []
