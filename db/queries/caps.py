"""Rows of account_caps: the caps of each account, and the counts of what it did today.

A function that counts locks the account's row until the caller's transaction ends, so concurrent
counts are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.models.caps import Budget, Caps, SlotRequest
from db.models.errors import NotFound

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

GET_CAPS = """
SELECT per_minute, per_day, first_per_day, first_apart_seconds, lookups_per_day,
    lookup_apart_seconds
FROM account_caps WHERE account_id = $1
"""


async def get(connection: Connection, account_id: int) -> Caps:
    """Return the account's caps; raise NotFound when there is no account."""
    if (row := await connection.fetchrow(GET_CAPS, account_id)) is None:
        raise NotFound("account", account_id)
    return Caps(**dict(row))


UPDATE_CAPS = """
UPDATE account_caps SET per_minute = $2, per_day = $3, first_per_day = $4,
    first_apart_seconds = $5::integer, lookups_per_day = $6, lookup_apart_seconds = $7,
    next_first_at = least(next_first_at, clock_timestamp() + make_interval(secs => $5))
WHERE account_id = $1
"""


async def update(connection: Connection, account_id: int, caps: Caps) -> None:
    """Replace the caps; they hold from the next message on. A limit of the account stands.

    The next first contact is due after the new distance at the latest.
    """
    await connection.execute(UPDATE_CAPS, account_id, *astuple(caps))


FIND_BUDGETS = """
SELECT account_id, per_minute, per_day, first_per_day, first_apart_seconds, lookups_per_day,
    lookup_apart_seconds, now, greatest(next_slot_at, now) AS next_slot_at,
    greatest(next_first_at, limited_until, now) AS next_first_at, limited_until > now AS limited,
    CASE WHEN day >= today THEN messages_today ELSE 0 END AS messages_today,
    CASE WHEN day >= today THEN first_today ELSE 0 END AS first_today,
    CASE WHEN day >= today THEN lookups_today ELSE 0 END AS lookups_today,
    greatest(next_lookup_at, now) AS next_lookup_at,
    (SELECT count(*) FROM unnest(flooded_at) AS at WHERE at > now - interval '1 hour') AS floods
FROM account_caps JOIN accounts ON accounts.id = account_id, LATERAL (
    SELECT clock_timestamp() AS now, (clock_timestamp() AT TIME ZONE $2)::date AS today
) AS clock
WHERE account_id = ANY($1)
"""


async def find_budgets(
    connection: Connection, account_ids: Sequence[int], zone: str
) -> dict[int, Budget]:
    """Return what is left for each account, by account id, on the present day in `zone`."""
    rows = await connection.fetch(FIND_BUDGETS, account_ids, zone)
    return {row["account_id"]: _budget(row) for row in rows}


LOCK_BUDGET = """
UPDATE account_caps SET day = greatest(day, today),
    messages_today = CASE WHEN day >= today THEN messages_today ELSE 0 END,
    first_today = CASE WHEN day >= today THEN first_today ELSE 0 END,
    lookups_today = CASE WHEN day >= today THEN lookups_today ELSE 0 END
FROM (SELECT (clock_timestamp() AT TIME ZONE $2)::date AS today) AS clock, accounts
WHERE account_id = $1 AND accounts.id = $1
RETURNING account_id, per_minute, per_day, first_per_day, first_apart_seconds, lookups_per_day,
    lookup_apart_seconds, clock_timestamp() AS now,
    greatest(next_slot_at, clock_timestamp()) AS next_slot_at,
    greatest(next_first_at, limited_until, clock_timestamp()) AS next_first_at,
    limited_until > clock_timestamp() AS limited,
    messages_today, first_today, lookups_today,
    greatest(next_lookup_at, clock_timestamp()) AS next_lookup_at,
    (SELECT count(*) FROM unnest(flooded_at) AS at
     WHERE at > clock_timestamp() - interval '1 hour') AS floods
"""


async def lock_budget(connection: Connection, account_id: int, zone: str) -> Budget:
    """Lock the account's row until the transaction ends and return its budget.

    On a new day in `zone` the counts are reset to 0. The account must exist.
    """
    row = await connection.fetchrow(LOCK_BUDGET, account_id, zone)
    assert row is not None
    return _budget(row)


COUNT_SLOTS = """
UPDATE account_caps SET next_slot_at = greatest(next_slot_at, $2),
    next_first_at = greatest(next_first_at, $3),
    messages_today = $4, first_today = $5
WHERE account_id = $1
"""


async def claim_slots(
    connection: Connection, account_id: int, zone: str, requests: Sequence[SlotRequest]
) -> tuple[datetime | None, ...]:
    """Count these messages and return the moment at which each may leave.

    None in its place: the account may not send it now, and it is not counted.
    """
    grant = (await lock_budget(connection, account_id, zone)).grant(requests)
    left = grant.left
    await connection.execute(
        COUNT_SLOTS,
        account_id,
        left.next_slot_at,
        left.next_first_at,
        left.messages_today,
        left.first_today,
    )
    return grant.moments


CLAIM_LOOKUP = """
UPDATE account_caps SET day = greatest(day, today),
    messages_today = CASE WHEN day >= today THEN messages_today ELSE 0 END,
    first_today = CASE WHEN day >= today THEN first_today ELSE 0 END,
    lookups_today = CASE WHEN day >= today THEN lookups_today ELSE 0 END + 1,
    next_lookup_at = make_interval(secs => lookup_apart_seconds * 1.1)
        + greatest(next_lookup_at, now)
FROM (SELECT clock_timestamp() AS now, (clock_timestamp() AT TIME ZONE $2)::date AS today) AS clock
WHERE account_id = $1 AND (day < today OR lookups_today < lookups_per_day)
  AND next_lookup_at <= now + $3::interval
RETURNING next_lookup_at - make_interval(secs => lookup_apart_seconds * 1.1) - now AS wait
"""


async def claim_lookup(
    connection: Connection, account_id: int, zone: str, patience: timedelta
) -> timedelta | None:
    """Count one look-up of a username or phone; return the wait until it may be made.

    None, and nothing is counted, when today's look-ups are used up or the wait would be longer than
    `patience`. Look-ups are a tenth further apart than the cap says, since calls take different
    times to arrive.
    """
    wait: timedelta | None = await connection.fetchval(CLAIM_LOOKUP, account_id, zone, patience)
    return wait


POSTPONE_LOOKUPS = """
UPDATE account_caps SET lookup_wait_reason = $3,
    next_lookup_at = greatest(next_lookup_at, clock_timestamp() + $2::interval)
WHERE account_id = $1
"""


async def postpone_lookups(
    connection: Connection, account_id: int, wait: timedelta, reason: str
) -> None:
    """Forbid look-ups for `wait`: Telegram has answered one with a flood wait, `reason`."""
    await connection.execute(POSTPONE_LOOKUPS, account_id, wait, reason)


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
    """Count a FLOOD_WAIT of `wait`; return how many the account met within the last hour.

    The next message is due after `wait` at the earliest. While the account rests already, the error
    belongs to a call that was under way and is not counted.
    """
    floods: int = await connection.fetchval(ADD_FLOOD, account_id, wait)
    return floods


GET_NEXT_DAY = """
SELECT coalesce(quiet_end(zone, quiet_from, quiet_until, next_day), next_day)
FROM (SELECT *, (((clock_timestamp() AT TIME ZONE zone)::date + 1)::timestamp
                 AT TIME ZONE zone) AS next_day FROM campaigns WHERE id = $1) AS campaign
"""


async def get_next_day(connection: Connection, campaign_id: int) -> datetime:
    """Return when the next day begins in the campaign's zone, or the quiet hours over it end."""
    next_day: datetime = await connection.fetchval(GET_NEXT_DAY, campaign_id)
    return next_day


def _budget(row: asyncpg.Record) -> Budget:
    caps = Caps(**{name: row[name] for name in Caps.__slots__})
    names = [name for name in Budget.__slots__ if name not in ("caps", "limited")]
    rest = {name: row[name] for name in names}
    return Budget(caps=caps, limited=bool(row["limited"]), **rest)
