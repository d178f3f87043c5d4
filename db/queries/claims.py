"""Taking deliveries: rows and their slots in one statement, so that the rate is a promise.

A claim checks in one statement that the campaign runs, that its quiet hours are over, and which
contacts are barred. A barred row takes no slot; it is claimed all the same, so that it is ended
like any other (deliveries.settle). Fresh rows are walked by `pos` past the campaign's cursor. What
lies behind it, due again or abandoned by a process that died, is swept from small partial indexes.
`= ANY(ARRAY(…))` keeps the plan on the primary key, however large the table. Texts are looked up
later (`contents`), so that a row costs no more than it must.
"""

from __future__ import annotations

from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING

from db.models.contact import Identity
from db.models.delivery import Claim, Claimed

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

HOLD = timedelta(seconds=60)  # how long a claim is ours, from its last slot on


def _claim_of(picked: str, *, cursor: str = "0") -> str:
    """The claim of the rows that are `picked`, past which the cursor moves to `cursor`."""
    statement = """
WITH rivals AS MATERIALIZED (                   -- whose messages may be one too many today
    SELECT others.id, now() - make_interval(hours => mine.frequency_hours) AS since
    FROM campaigns AS mine JOIN campaigns AS others
        ON others.id <> mine.id AND others.mode = 'live'
       AND coalesce(others.finished_at, 'infinity')
            > now() - make_interval(hours => mine.frequency_hours)
    WHERE mine.id = $1 AND mine.mode = 'live'
), judged AS MATERIALIZED (
    SELECT picked.id, pos, first_attempt_at IS NOT NULL AS asked, person.*,
        row_number() OVER () AS ordinal,
        count(*) FILTER (WHERE bar IS NULL) OVER (ROWS UNBOUNDED PRECEDING) AS place
    FROM (
        -- picked
    ) AS picked CROSS JOIN LATERAL (            -- OFFSET 0: looked up one by one, by their keys
        SELECT user_id, phone, username, CASE
            WHEN EXISTS (SELECT FROM suppressions
                         WHERE identity_hash = ANY(identity_hashes)) THEN 'suppressed'
            WHEN first_attempt_at IS NOT NULL THEN NULL
            WHEN unreachable_reason IS NOT NULL THEN 'unreachable'
            WHEN EXISTS (
                SELECT FROM rivals JOIN deliveries AS got
                    ON got.campaign_id = rivals.id AND got.contact_id = picked.contact_id
                WHERE got.status = 'sending' AND got.first_attempt_at IS NOT NULL
                   OR got.status IN ('sent', 'unknown') AND got.settled_at > since)
                THEN 'frequency'
        END AS bar FROM contacts WHERE contacts.id = picked.contact_id OFFSET 0
    ) AS person
), slots AS (
    UPDATE campaigns SET
        next_slot_at =                          -- the first not so soon that it is late at once
            greatest(next_slot_at, clock_timestamp() + interval '100 ms') + n * $3::interval,
        claimed_pos = greatest(claimed_pos, -- cursor
        )
    FROM (SELECT count(*) AS found, max(pos) AS last_pos,
                 count(*) FILTER (WHERE bar IS NULL) AS n FROM judged) AS taken
    WHERE id = $1 AND status = 'running' AND found > 0 AND (mode <> 'live'
        OR quiet_end(zone, quiet_from, quiet_until, clock_timestamp()) IS NULL)
    RETURNING next_slot_at, next_slot_at - n * $3::interval AS start_at,
        next_slot_at + $4::interval AS claimed_until
), claimed AS (
    UPDATE deliveries SET
        status = 'sending', claim_token = (SELECT nextval('claim_tokens')), claimed_by = $5,
        due_at = NULL,
        slot_at = CASE WHEN bar IS NULL THEN start_at + (place - 1) * $3::interval
                  ELSE deliveries.slot_at END,
        claimed_until = slots.claimed_until
    FROM slots, judged
    WHERE deliveries.id = ANY(ARRAY(SELECT id FROM judged))
      AND judged.id = deliveries.id
    RETURNING ordinal, place, deliveries.id, claim_token, contact_id, attempts, retries, asked,
        account_id, random_id, user_id, phone, username, bar
)
SELECT claimed.*, slots.* FROM slots JOIN claimed ON ordinal = 1
UNION ALL
SELECT *, NULL, NULL, NULL FROM claimed WHERE ordinal > 1
"""
    return statement.replace("-- picked", picked).replace("-- cursor", cursor)


CLAIM_FRESH = _claim_of(
    """
    SELECT id, pos, contact_id, first_attempt_at FROM deliveries
    WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NULL
      AND pos > (SELECT claimed_pos FROM campaigns WHERE id = $1)
    ORDER BY pos LIMIT $2 FOR UPDATE SKIP LOCKED
    """,
    cursor="last_pos",
)


async def claim_fresh(
    connection: Connection,
    campaign_id: int,
    limit: int,
    interval: timedelta,
    *,
    process: str | None = None,
) -> Claim | None:
    """Take up to `limit` rows that nobody took before, a slot each, `interval` apart.

    `process` is who takes them. None when there is none, or the campaign does not run.
    """
    args = campaign_id, limit, interval, HOLD, process
    return _claim(await connection.fetch(CLAIM_FRESH, *args), interval)


CLAIM_BEHIND = _claim_of(
    """
    SELECT * FROM (
        SELECT id, pos, contact_id, first_attempt_at FROM deliveries
        WHERE campaign_id = $1 AND status = 'pending' AND due_at <= now()
          AND (account_id = ANY($6::bigint[]) AND first_attempt_at IS NOT NULL
               OR account_id = ANY($7::bigint[])
               OR account_id IS NULL AND $7::bigint[] <> '{}')
        ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS due UNION ALL SELECT * FROM (
        SELECT id, pos, contact_id, first_attempt_at FROM deliveries
        WHERE campaign_id = $1 AND status = 'sending' AND claimed_until <= now()
          AND (account_id = ANY($6::bigint[]) AND first_attempt_at IS NOT NULL
               OR account_id = ANY($7::bigint[])
               OR account_id IS NULL AND $7::bigint[] <> '{}')
        ORDER BY claimed_until LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS abandoned
    """
)


async def claim_behind(
    connection: Connection,
    campaign_id: int,
    limit: int,
    interval: timedelta,
    account_ids: list[int],
    *,
    to_strangers: list[int] | None = None,
    process: str | None = None,
) -> Claim | None:
    """Take what is due again and what was abandoned, up to `limit` of each, a slot each.

    Rows pinned to an account outside `account_ids` stay. None: nothing to take, or not running.
    `to_strangers` (None: all) are the accounts for what was never asked.
    """
    free = account_ids if to_strangers is None else to_strangers
    args = campaign_id, limit, interval, HOLD, process, account_ids, free
    return _claim(await connection.fetch(CLAIM_BEHIND, *args), interval)


CLAIM_KNOWN = _claim_of(
    """
    SELECT id, pos, contact_id, first_attempt_at FROM deliveries
    WHERE campaign_id = $1 AND status = 'pending' AND (due_at IS NULL OR due_at <= now())
      AND EXISTS (
          SELECT FROM peers
          WHERE peers.contact_id = deliveries.contact_id AND talked_at IS NOT NULL
            AND peers.account_id = ANY($6::bigint[])
            AND peers.account_id = coalesce(deliveries.account_id, peers.account_id))
    ORDER BY pos LIMIT $2 FOR UPDATE SKIP LOCKED
    """
)


async def claim_known(
    connection: Connection,
    campaign_id: int,
    limit: int,
    interval: timedelta,
    account_ids: list[int],
    *,
    process: str | None = None,
) -> Claim | None:
    """Take, out of turn, only people with whom one of these accounts talks already."""
    args = campaign_id, limit, interval, HOLD, process, account_ids
    return _claim(await connection.fetch(CLAIM_KNOWN, *args), interval)


def _claim(rows: list[asyncpg.Record], interval: timedelta) -> Claim | None:
    """Read the rows of a claim; the first of them carries its moments."""
    if not rows:
        return None
    rows.sort(key=itemgetter(0))
    next_slot_at, start_at, claimed_until = rows[0][-3:]
    claimed, barred = list[Claimed](), list[Claimed]()
    for row in rows:
        slot_at = start_at + (row[1] - 1) * interval
        of_row = (*row[2:10], Identity(*row[10:13]), slot_at, claimed_until, row[13])
        (claimed if row[13] is None else barred).append(Claimed._make(of_row))
    return Claim(claimed, next_slot_at, barred)
