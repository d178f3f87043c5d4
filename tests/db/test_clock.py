"""A clock that was ahead and is put right: every moment computed from it is moved back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from db.models.campaign import CampaignEvent
from db.pool import Connection
from db.queries import campaigns, caps, clock, deliveries, leases
from tests.db.rows import claimed, draft

DAY = timedelta(days=1)
TOLERANCE = timedelta(seconds=30)
SOON = timedelta(minutes=2)

FIND_MOMENTS = """
SELECT table_name, column_name FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
  AND data_type = 'timestamp with time zone' ORDER BY 1, 2
"""
NOT_OURS = {  # chosen by an admin, or by Telegram's clock
    ("campaigns", "starts_at"),
    ("replies", "said_at"),
    ("replies", "edited_at"),
    ("sweeps", "until"),
    ("update_states", "date"),
}


WAITS_OF_AN_HOUR = {
    ("accounts", "lease_until"),
    ("accounts", "resting_until"),
    ("account_caps", "next_lookup_at"),
    ("deliveries", "due_at"),
}


async def columns(connection: Connection) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in await connection.fetch(FIND_MOMENTS)]


async def was_ahead(connection: Connection, by: timedelta = DAY) -> None:
    """The latest reading is of a clock that was ahead."""
    await connection.execute("UPDATE clock SET read_at = clock_timestamp() + $1::interval", by)


async def live_a_day_ahead(connection: Connection, campaign_id: int) -> None:
    """Everything that a campaign does, with every moment a day ahead."""
    await clock.read(connection, TOLERANCE)
    rows = await claimed(connection, campaign_id, 4)
    await deliveries.defer(connection, [rows[0].id], [rows[0].token], timedelta(minutes=5))
    await leases.renew(connection, "main", timedelta(minutes=1), {})
    await caps.postpone_lookups(connection, 1, timedelta(hours=1), "FLOOD_WAIT_3600")
    await connection.execute(
        "UPDATE account_caps SET next_slot_at = now(), next_first_at = now(), day = now()::date,"
        " flooded_at = ARRAY[now()], messages_today = 150"
    )
    await connection.execute("UPDATE accounts SET resting_until = now() + interval '1 hour'")
    await connection.execute(
        "INSERT INTO replies (account_id, peer_id, message_id, text, said_at)"
        " VALUES (1, 1, 1, 'Hi', now())"
    )
    for table, column in await columns(connection):
        if (table, column) not in NOT_OURS:
            await connection.execute(
                f"UPDATE {table} SET {column} = {column} + interval '1 day'"  # noqa: S608
            )
    await connection.execute("UPDATE account_caps SET day = day + 1")
    await connection.execute("UPDATE account_caps SET flooded_at = ARRAY[now() + interval '1 day']")


async def test_every_moment_is_moved_back(connection: Connection, running: int) -> None:
    await live_a_day_ahead(connection, running)
    back, now = await clock.read(connection, TOLERANCE)
    assert back is not None
    assert DAY - timedelta(seconds=5) < back <= DAY
    for table, column in await columns(connection):
        last = await connection.fetchval(f"SELECT max({column}) FROM {table}")  # noqa: S608
        longest = timedelta(hours=1) if (table, column) in WAITS_OF_AN_HOUR else SOON
        assert last is None or last < now + longest + SOON, (table, column)
    assert await clock.read(connection, TOLERANCE) != (back, now)
    account = (await caps.find_budgets(connection, [1], "UTC"))[1]
    assert account.messages_today == 150  # they were sent on this day
    assert await connection.fetchval("SELECT day <= now()::date FROM account_caps")
    ((reason, count),) = await connection.fetch(
        "SELECT reason, count(*) FROM campaign_events WHERE event = 'note' GROUP BY 1"
    )
    assert (reason, count) == ("clock_set_back", 1)


async def test_a_campaign_can_be_claimed_again_at_once(
    connection: Connection, running: int
) -> None:
    await live_a_day_ahead(connection, running)
    await clock.read(connection, TOLERANCE)
    assert len(await claimed(connection, running, 3)) == 3


@pytest.mark.parametrize("seconds", [-86_400, -20, -3, 0, 3, 20])
async def test_a_small_step_and_a_jump_ahead_change_nothing(
    connection: Connection, running: int, seconds: int
) -> None:
    """The reading is `seconds` ahead: with -86,400 the clock has jumped ahead by a day."""
    await claimed(connection, running, 2)
    before = await connection.fetch("SELECT * FROM deliveries ORDER BY id")
    await was_ahead(connection, timedelta(seconds=seconds))
    back, _ = await clock.read(connection, TOLERANCE, jumped=seconds < -60)
    assert back is None
    assert await connection.fetch("SELECT * FROM deliveries ORDER BY id") == before
    assert (
        await connection.fetchval(
            "SELECT count(*) FROM campaign_events WHERE reason = $1", "clock_set_back"
        )
        == 0
    )


async def test_what_is_right_stays(connection: Connection, running: int) -> None:
    """Waits of less than a minute may have begun since; what is past was right, or is over."""
    (row,) = await claimed(connection, running, 1)
    starts_at = datetime.now(UTC) + timedelta(days=3)
    scheduled = await draft(connection, [1])
    await campaigns.advance(connection, scheduled, CampaignEvent.SCHEDULE, moment=starts_at)
    await was_ahead(connection)
    assert (await clock.read(connection, TOLERANCE))[0] is not None
    ((slot_at, claimed_until),) = await connection.fetch(
        "SELECT slot_at, claimed_until FROM deliveries WHERE id = $1", row.id
    )
    assert (slot_at, claimed_until) == (row.slot_at, row.claimed_until)
    assert (await campaigns.get(connection, scheduled)).starts_at == starts_at


async def test_a_wait_from_before_the_jump_ahead_stays(
    connection: Connection, running: int
) -> None:
    """An account rests for two hours; then the clock is a day ahead for a while."""
    await connection.execute("UPDATE accounts SET resting_until = now() + interval '2 hours'")
    rests = await connection.fetchval("SELECT resting_until FROM accounts")
    await connection.execute(
        "UPDATE clock SET read_at = clock_timestamp() + interval '1 day 1 minute',"
        " ahead_from = clock_timestamp() + interval '1 day'"
    )
    await connection.execute(
        "UPDATE campaigns SET next_slot_at = clock_timestamp() + interval '1 day 1 minute'"
    )
    assert (await clock.read(connection, TOLERANCE))[0] is not None
    assert await connection.fetchval("SELECT resting_until FROM accounts") == rests
    assert len(await claimed(connection, running, 1)) == 1


@pytest.mark.parametrize(
    ("reason", "at_once"), [("quiet_hours", True), ("cap_per_day", True), ("PEER_FLOOD", False)]
)
async def test_a_pause_for_the_time_of_day_is_decided_again(
    connection: Connection, running: int, reason: str, at_once: bool
) -> None:
    resumes = datetime.now(UTC) + DAY + timedelta(hours=9)
    await campaigns.advance(connection, running, CampaignEvent.PAUSE, reason=reason, moment=resumes)
    await connection.execute("UPDATE campaigns SET paused_at = paused_at + interval '1 day'")
    await was_ahead(connection)
    await clock.read(connection, TOLERANCE)
    assert await campaigns.resume_if_due(connection, running) is at_once
