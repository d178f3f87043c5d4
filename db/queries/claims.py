"""Claims of deliveries: rows and their slots are taken in one statement.

The statement (db.claim_statement) moves the campaign's next slot, so concurrent claims
never exceed its rate.

Fresh rows are read by `pos`, from the campaign's cursor on. Rows behind the cursor, due again or
abandoned by a dead process, are read from small partial indexes. `= ANY(ARRAY(…))` keeps the plan
on the primary key, however large the table is. Contents are read later (`contents`) to keep the
claim fast.
"""

from __future__ import annotations

from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING

from db.claim_statement import claim_of
from db.models.contact import Identity
from db.models.delivery import Claim, Claimed

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

CLAIM_TIMEOUT = timedelta(seconds=60)  # from the claim's last slot until others may claim its rows
LEAD = timedelta(seconds=0.1)  # the least time from a claim to its first slot


CLAIM_NEXT = claim_of(
    """
    WITH behind AS MATERIALIZED (SELECT * FROM (
        SELECT id, pos, contact_id, first_attempt_at FROM deliveries
        WHERE campaign_id = $1 AND status = 'pending' AND due_at <= now()
          AND (account_id = ANY($7::bigint[]) AND first_attempt_at IS NOT NULL
               OR account_id = ANY($8::bigint[])
               OR account_id IS NULL AND $8::bigint[] <> '{}')
        ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS due UNION ALL SELECT * FROM (
        SELECT id, pos, contact_id, first_attempt_at FROM deliveries
        WHERE campaign_id = $1 AND status = 'sending' AND claimed_until <= now()
          AND (account_id = ANY($7::bigint[]) AND first_attempt_at IS NOT NULL
               OR account_id = ANY($8::bigint[])
               OR account_id IS NULL AND $8::bigint[] <> '{}')
        ORDER BY claimed_until LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS abandoned)
    SELECT *, false AS fresh FROM behind UNION ALL SELECT * FROM (
        SELECT id, pos, contact_id, first_attempt_at, true FROM deliveries
        WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NULL
          AND pos > (SELECT claimed_pos FROM campaigns WHERE id = $1)
        ORDER BY pos LIMIT CASE WHEN EXISTS (SELECT FROM behind) THEN 0 ELSE $9 END
        FOR UPDATE SKIP LOCKED
    ) AS never_claimed
    """,
    lead="$6::interval",
)


async def claim_next(
    connection: Connection,
    campaign_id: int,
    limit: int,
    interval: timedelta,
    account_ids: list[int],
    *,
    for_first_attempts: list[int],
    fresh_limit: int,
    process: str | None = None,
    lead: timedelta = LEAD,
) -> Claim | None:
    """Claim rows that are due again and rows that were abandoned, up to `limit` of each.

    Without such a row, claim up to `fresh_limit` rows that were never claimed. Rows that an attempt
    pinned to an account outside `account_ids` stay. `for_first_attempts` are the accounts for rows
    without such an attempt. Slots are `interval` apart, the first one at
    least `lead` from now. Return None when there is no row, the campaign does not run, or its next
    slot may not be claimed yet (`find_slot_wait`).
    """
    args = campaign_id, limit, interval, CLAIM_TIMEOUT, process, lead
    rows = await connection.fetch(CLAIM_NEXT, *args, account_ids, for_first_attempts, fresh_limit)
    return _claim(rows, interval)


CLAIM_FRESH = claim_of(
    """
    SELECT id, pos, contact_id, first_attempt_at, true AS fresh FROM deliveries
    WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NULL
      AND pos > (SELECT claimed_pos FROM campaigns WHERE id = $1)
    ORDER BY pos LIMIT $2 FOR UPDATE SKIP LOCKED
    """
)


async def claim_fresh(
    connection: Connection,
    campaign_id: int,
    limit: int,
    interval: timedelta,
    *,
    process: str | None = None,
) -> Claim | None:
    """Claim up to `limit` rows that were never claimed, with slots `interval` apart.

    `process` is the name of the claiming process. Return None as `claim_next` does.
    """
    args = campaign_id, limit, interval, CLAIM_TIMEOUT, process
    return _claim(await connection.fetch(CLAIM_FRESH, *args), interval)


async def claim_behind(
    connection: Connection,
    campaign_id: int,
    limit: int,
    interval: timedelta,
    account_ids: list[int],
    *,
    for_first_attempts: list[int] | None = None,
    process: str | None = None,
) -> Claim | None:
    """Claim as `claim_next` does, but no row that was never claimed.

    `for_first_attempts` None: all of `account_ids`.
    """
    free = account_ids if for_first_attempts is None else for_first_attempts
    args = campaign_id, limit, interval, account_ids
    return await claim_next(
        connection, *args, for_first_attempts=free, fresh_limit=0, process=process
    )


CLAIM_KNOWN = claim_of(
    """
    SELECT id, pos, contact_id, first_attempt_at, false AS fresh FROM deliveries
    WHERE campaign_id = $1 AND status = 'pending' AND (due_at IS NULL OR due_at <= now())
      AND EXISTS (
          SELECT FROM contacts JOIN peers ON peers.person_id = contacts.person_id
          WHERE contacts.id = deliveries.contact_id
            AND (talked_at IS NOT NULL OR wrote_at IS NOT NULL)
            AND peers.account_id = ANY($7::bigint[])
            AND peers.account_id = coalesce(deliveries.account_id, peers.account_id))
    ORDER BY pos LIMIT $2 FOR UPDATE SKIP LOCKED
    """,
    lead="$6::interval",
)


async def claim_known(
    connection: Connection,
    campaign_id: int,
    limit: int,
    interval: timedelta,
    account_ids: list[int],
    *,
    process: str | None = None,
    lead: timedelta = LEAD,
) -> Claim | None:
    """Claim rows whose contact has a conversation with one of these accounts, out of turn.

    It is for accounts that may make no first contact. Return None as `claim_next` does.
    """
    args = campaign_id, limit, interval, CLAIM_TIMEOUT, process, lead, account_ids
    return _claim(await connection.fetch(CLAIM_KNOWN, *args), interval)


FIND_SLOT_WAIT = """
SELECT greatest(now, next_slot_at - interval '3 seconds', CASE WHEN mode = 'live' THEN quiet_end(
    zone, quiet_from, quiet_until, greatest(next_slot_at, now + interval '100 ms')) END) - now
FROM campaigns, LATERAL (SELECT clock_timestamp() AS now) AS clock WHERE id = $1
"""


async def find_slot_wait(connection: Connection, campaign_id: int) -> timedelta:
    """Return the time until the campaign's next slot may be claimed; zero: now."""
    wait: timedelta = await connection.fetchval(FIND_SLOT_WAIT, campaign_id)
    return wait


def _claim(rows: list[asyncpg.Record], interval: timedelta) -> Claim | None:
    """Return the claim of these rows, of which the first carries the moments; None without rows."""
    if not rows:
        return None
    rows.sort(key=itemgetter(0))
    next_slot_at, start_at, claimed_until = rows[0][-3:]
    claimed, to_skip = list[Claimed](), list[Claimed]()
    for row in rows:
        slot_at = start_at + (row[1] - 1) * interval
        of_row = (*row[2:13], Identity(*row[13:16]), slot_at, claimed_until, *row[16:18])
        (claimed if row[16] is None else to_skip).append(Claimed._make(of_row))
    return Claim(claimed, next_slot_at, to_skip)
