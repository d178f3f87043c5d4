"""Rows of account_caps: what each account may do, and counting what it does.

Whoever counts holds the account's row until the transaction ends, so that counts are exact however
many count at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.models.caps import Budget, Caps, Wish
from db.models.errors import NotFound

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

GET_CAPS = """
SELECT per_minute, per_day, first_per_day, first_apart_seconds, lookups_per_day
FROM account_caps WHERE account_id = $1
"""


async def get(connection: Connection, account_id: int) -> Caps:
    """The account's caps; NotFound when there is no account."""
    if (row := await connection.fetchrow(GET_CAPS, account_id)) is None:
        raise NotFound("account", account_id)
    return Caps(**dict(row))


SET_CAPS = """
UPDATE account_caps SET per_minute = $2, per_day = $3, first_per_day = $4,
    first_apart_seconds = $5::integer, lookups_per_day = $6,
    next_first_at = least(next_first_at, clock_timestamp() + make_interval(secs => $5))
WHERE account_id = $1
"""


async def put(connection: Connection, account_id: int, caps: Caps) -> None:
    """Change the caps, from the next message on. A limit of Telegram's is a fact of the account
    and stands."""
    await connection.execute(SET_CAPS, account_id, *astuple(caps))


FIND_BUDGETS = """
SELECT account_id, per_minute, per_day, first_per_day, first_apart_seconds, lookups_per_day,
    now, greatest(next_slot_at, now) AS next_slot_at,
    greatest(next_first_at, limited_until, now) AS next_first_at, limited_until > now AS limited,
    CASE WHEN day >= today THEN messages_today ELSE 0 END AS messages_today,
    CASE WHEN day >= today THEN first_today ELSE 0 END AS first_today,
    CASE WHEN day >= today THEN lookups_today ELSE 0 END AS lookups_today,
    (SELECT count(*) FROM unnest(flooded_at) AS at WHERE at > now - interval '1 hour') AS floods
FROM account_caps JOIN accounts ON accounts.id = account_id, LATERAL (
    SELECT clock_timestamp() AS now, (clock_timestamp() AT TIME ZONE $2)::date AS today
) AS clock
WHERE account_id = ANY($1)
"""


async def find_budgets(
    connection: Connection, account_ids: Sequence[int], zone: str
) -> dict[int, Budget]:
    """What is left for each account, on the day that it is now in `zone`."""
    rows = await connection.fetch(FIND_BUDGETS, account_ids, zone)
    return {row["account_id"]: _budget(row) for row in rows}


HOLD_BUDGET = """
UPDATE account_caps SET day = greatest(day, today),
    messages_today = CASE WHEN day >= today THEN messages_today ELSE 0 END,
    first_today = CASE WHEN day >= today THEN first_today ELSE 0 END,
    lookups_today = CASE WHEN day >= today THEN lookups_today ELSE 0 END
FROM (SELECT (clock_timestamp() AT TIME ZONE $2)::date AS today) AS clock, accounts
WHERE account_id = $1 AND accounts.id = $1
RETURNING account_id, per_minute, per_day, first_per_day, first_apart_seconds, lookups_per_day,
    clock_timestamp() AS now, greatest(next_slot_at, clock_timestamp()) AS next_slot_at,
    greatest(next_first_at, limited_until, clock_timestamp()) AS next_first_at,
    limited_until > clock_timestamp() AS limited,
    messages_today, first_today, lookups_today,
    (SELECT count(*) FROM unnest(flooded_at) AS at
     WHERE at > clock_timestamp() - interval '1 hour') AS floods
"""


async def hold(connection: Connection, account_id: int, zone: str) -> Budget:
    """The budget, held until the transaction ends; a new day begins to count anew."""
    row = await connection.fetchrow(HOLD_BUDGET, account_id, zone)
    assert row is not None
    return _budget(row)


SET_BUDGET = """
UPDATE account_caps SET next_slot_at = greatest(next_slot_at, $2),
    next_first_at = greatest(next_first_at, $3),
    messages_today = $4, first_today = $5
WHERE account_id = $1
"""


async def take(
    connection: Connection, account_id: int, zone: str, wishes: Sequence[Wish]
) -> tuple[datetime | None, ...]:
    """Count these messages, and say when each may leave; None: its account may not, now."""
    grant = (await hold(connection, account_id, zone)).grant(wishes)
    left = grant.left
    await connection.execute(
        SET_BUDGET,
        account_id,
        left.next_slot_at,
        left.next_first_at,
        left.messages_today,
        left.first_today,
    )
    return grant.moments


ADD_LOOKUPS = "UPDATE account_caps SET lookups_today = lookups_today + $2 WHERE account_id = $1"


async def take_lookups(connection: Connection, account_id: int, zone: str, wanted: int) -> int:
    """How many of the `wanted` look-ups of a name or a number may be made; they are counted."""
    granted = min(wanted, (await hold(connection, account_id, zone)).lookups_left)
    await connection.execute(ADD_LOOKUPS, account_id, granted)
    return granted


ADD_FLOOD = """
WITH account AS (                               -- locked: of two floods, one sees the other's rest
    SELECT resting_until FROM accounts WHERE id = $1 FOR NO KEY UPDATE
)
UPDATE account_caps SET next_slot_at = greatest(next_slot_at, clock_timestamp() + $2::interval),
    flooded_at = CASE WHEN resting_until > clock_timestamp() THEN flooded_at
                 ELSE (flooded_at || clock_timestamp())[greatest(1, cardinality(flooded_at) - 1):]
                 END
FROM account WHERE account_id = $1
RETURNING (SELECT count(*) FROM unnest(flooded_at) AS at
           WHERE at > clock_timestamp() - interval '1 hour') AS floods
"""


async def add_flood(connection: Connection, account_id: int, wait: timedelta) -> int:
    """Telegram said wait: nothing leaves for so long. How many floods the last hour saw.

    What was under way when the account was sent to rest is no flood of its own.
    """
    floods: int = await connection.fetchval(ADD_FLOOD, account_id, wait)
    return floods


FIND_TALKED = """
SELECT contact_id FROM peers
WHERE account_id = $1 AND contact_id = ANY($2) AND talked_at IS NOT NULL
"""


async def find_talked(
    connection: Connection, account_id: int, contact_ids: Sequence[int]
) -> set[int]:
    """With whom of the contacts the account talks already."""
    rows = await connection.fetch(FIND_TALKED, account_id, contact_ids)
    return {row["contact_id"] for row in rows}


FIND_TURN = """
SELECT coalesce(quiet_end(zone, quiet_from, quiet_until, turn), turn)
FROM (SELECT *, (((clock_timestamp() AT TIME ZONE zone)::date + 1)::timestamp
                 AT TIME ZONE zone) AS turn FROM campaigns WHERE id = $1) AS campaign
WHERE EXISTS (SELECT FROM deliveries WHERE campaign_id = $1 AND status = 'pending'
              AND (due_at IS NULL OR due_at <= clock_timestamp()))
  AND NOT EXISTS (SELECT FROM deliveries WHERE campaign_id = $1 AND status = 'sending'
                  AND claimed_until > clock_timestamp())
"""


async def find_turn(connection: Connection, campaign_id: int) -> datetime | None:
    """When the day turns in the campaign's zone, or its quiet hours end after that.

    None while a message is under way, or when everybody who waits has a moment of their own.
    """
    turn: datetime | None = await connection.fetchval(FIND_TURN, campaign_id)
    return turn


def _budget(row: asyncpg.Record) -> Budget:
    caps = Caps(**{name: row[name] for name in Caps.__slots__})
    names = [name for name in Budget.__slots__ if name not in ("caps", "limited")]
    rest = {name: row[name] for name in names}
    return Budget(caps=caps, limited=bool(row["limited"]), **rest)
