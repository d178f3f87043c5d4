"""The forecast of a campaign, compared with the campaign as it is really played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from db.models.campaign import QUIET_NIGHT
from db.models.forecast import Bound
from db.pool import Connection
from db.queries import drafts
from tests.sender.played import Played, open_played

BEGIN = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
NIGHT = timedelta(hours=12)

SEED = """
WITH admin AS (INSERT INTO admins (id, name, role) VALUES (1, 'Anna', 'owner') RETURNING id)
INSERT INTO templates (name, text, created_by) SELECT 'T', 'Hi', id FROM admin
"""
ADD_CONTACTS = """
INSERT INTO contacts (key, username, identity_hashes)
SELECT 'username:p' || n, 'p' || n, ARRAY[sha256(('p' || n)::bytea)]
FROM generate_series(1, $1) AS n
RETURNING id
"""
ADD_ACCOUNT = "INSERT INTO accounts (user_id, name) VALUES ($1, 'Olga') RETURNING id"
MAKE_KNOWN = """
WITH person AS (
    INSERT INTO persons (kind, peer_id) SELECT 'user', id FROM unnest($2::bigint[]) AS id
    RETURNING id, peer_id
), same AS (
    UPDATE contacts SET person_id = person.id, identified_at = clock_timestamp()
    FROM person WHERE contacts.id = peer_id
)
INSERT INTO peers (account_id, person_id, access_hash, talked_at)
SELECT $1, id, 1, clock_timestamp() FROM person
"""


@pytest.fixture
async def played(dsn: str) -> AsyncIterator[Played]:
    async with open_played(dsn, BEGIN) as found:
        async with found.database.connection() as connection:
            await connection.execute(SEED)
        yield found


async def add_accounts(connection: Connection, count: int) -> list[int]:
    return [await connection.fetchval(ADD_ACCOUNT, 500 + n) for n in range(count)]


async def add_contacts(connection: Connection, count: int) -> list[int]:
    return [row["id"] for row in await connection.fetch(ADD_CONTACTS, count)]


async def add_draft(
    connection: Connection, contacts: list[int], accounts: list[int], name: str = "C"
) -> int:
    """Add a draft at 20/min with quiet nights in Berlin and the daily frequency cap."""
    list_id = await connection.fetchval(
        "INSERT INTO contact_lists (name, basis, attested_by, file_name, file_sha256, size)"
        " VALUES ('L', 'customer', 1, 'l.csv', '\\x00', $1) RETURNING id",
        len(contacts),
    )
    await connection.executemany(
        "INSERT INTO contact_list_members VALUES ($1, $2, $3, '{}')",
        [(list_id, contact, pos) for pos, contact in enumerate(contacts)],
    )
    campaign_id = await drafts.add(connection, name, 1, "Europe/Berlin")
    await drafts.set_quiet_hours(connection, campaign_id, QUIET_NIGHT)
    await drafts.put_list(connection, campaign_id, list_id)
    await drafts.set_template(
        connection, campaign_id, await connection.fetchval("SELECT max(id) FROM templates")
    )
    for account_id in accounts:
        await drafts.put_account(connection, campaign_id, account_id)
    return campaign_id


def is_kept(said: datetime | None, really: datetime | None, begin: datetime = BEGIN) -> bool:
    """Return whether the forecast is off by 10 % of the campaign's time or one night at most."""
    assert said is not None
    assert really is not None
    return abs(said - really) <= max((really - begin) / 10, NIGHT)


@pytest.mark.parametrize(("accounts", "day"), [(1, "2026-12-16"), (2, "2026-12-07")])
async def test_a_hundred_and_ninety_strangers_take_the_days_that_were_said(
    played: Played, accounts: int, day: str
) -> None:
    async with played.database.connection() as connection:
        senders = await add_accounts(connection, accounts)
        campaign_id = await add_draft(connection, await add_contacts(connection, 190), senders)
    said = await played.forecast(campaign_id, 190)
    await played.begin(campaign_id)
    assert (await played.forecast(campaign_id)).done_at == said.done_at
    really = await played.play(campaign_id)
    assert is_kept(said.done_at, really), (said, really)
    assert f"{really:%Y-%m-%d}" == f"{said.done_at:%Y-%m-%d}" == day
    assert (said.bound, said.strangers, said.per_day) == (
        Bound.FIRST_PER_DAY,
        190,
        10 * accounts,
    )


@pytest.mark.parametrize("order", ["known first", "strangers first", "mixed"])
async def test_people_whom_accounts_know_and_strangers_in_any_order(
    played: Played, order: str
) -> None:
    """It begins an hour before the quiet night, and half of what a day may have is used up."""
    async with played.database.connection() as connection:
        first, second = await add_accounts(connection, 2)
        people = await add_contacts(connection, 280)
        known, strangers = people[:220], people[220:]
        await connection.execute(MAKE_KNOWN, first, known[:160])
        await connection.execute(MAKE_KNOWN, second, known[160:])
        mixed = sorted(people, key=lambda one: one * 7919 % 280)
        in_order = {"known first": people, "strangers first": strangers + known, "mixed": mixed}
        campaign_id = await add_draft(connection, in_order[order], [first, second])
        await connection.execute(
            "UPDATE account_caps SET messages_today = 75, first_today = 5, day = '2026-11-28'"
        )
    begin = BEGIN + timedelta(hours=9)
    await played.set_clock(begin)
    said = await played.forecast(campaign_id, 280)
    await played.begin(campaign_id)
    really = await played.play(campaign_id)
    assert is_kept(said.done_at, really, begin), (said, really)


async def test_the_forecast_of_a_campaign_under_way_is_kept_too(played: Played) -> None:
    async with played.database.connection() as connection:
        accounts = await add_accounts(connection, 1)
        people = await add_contacts(connection, 240)
        await connection.execute(MAKE_KNOWN, accounts[0], people[::2])
        campaign_id = await add_draft(connection, people, accounts)
    await played.begin(campaign_id)
    for _ in range(3):
        await played.play(campaign_id, until=played.now + timedelta(days=2, hours=3))
        begin = played.now
        said = await played.forecast(campaign_id)
    really = await played.play(campaign_id)
    assert is_kept(said.done_at, really, begin), (said, really)


async def test_those_who_wait_for_another_campaign_are_counted_before_it_starts(
    played: Played,
) -> None:
    async with played.database.connection() as connection:
        accounts = await add_accounts(connection, 1)
        people = await add_contacts(connection, 60)
        await connection.execute(MAKE_KNOWN, accounts[0], people)
        first = await add_draft(connection, people[:14], accounts, "Spring sale")
        second = await add_draft(connection, people, accounts)
    await played.begin(first)
    reached = await played.play(first)
    assert reached is not None
    await played.set_clock(BEGIN + timedelta(hours=2))
    said = await played.forecast(second, 60)
    assert (said.waiting, said.reached_by, said.bound) == (14, ("Spring sale",), Bound.FREQUENCY)
    assert said.first_due_at is not None
    assert said.first_due_at - BEGIN - timedelta(days=1) < timedelta(minutes=1)
    await played.begin(second)
    await played.play(second, until=BEGIN + timedelta(hours=3))
    later = await played.forecast(second)
    assert (later.waiting, later.first_due_at) == (14, said.first_due_at)
    really = await played.play(second)
    assert is_kept(said.done_at, really, BEGIN + timedelta(hours=2)), (said, really)
    assert said.done_at is not None
    assert really is not None
    assert abs(said.done_at - really) < timedelta(minutes=15)


async def test_those_who_shall_be_left_out_do_not_make_it_longer(played: Played) -> None:
    async with played.database.connection() as connection:
        accounts = await add_accounts(connection, 1)
        people = await add_contacts(connection, 60)
        await connection.execute(MAKE_KNOWN, accounts[0], people)
        first = await add_draft(connection, people[:14], accounts, "Spring sale")
        second = await add_draft(connection, people, accounts)
        await connection.execute(
            "UPDATE campaigns SET frequency_skips = true WHERE id = $1", second
        )
    await played.begin(first)
    await played.play(first)
    begin = played.now
    said = await played.forecast(second, 60)
    assert said.waiting == 14
    await played.begin(second)
    really = await played.play(second)
    assert said.done_at is not None
    assert really is not None
    assert abs(said.done_at - really) < (really - begin) / 10, (said, really)
