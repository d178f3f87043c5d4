"""Claims of deliveries: rows and their slots are taken in one statement.

The statement moves the campaign's next slot, so concurrent claims never exceed its rate. It claims
nothing unless the campaign runs, its next slot is at most three seconds away, and the slots lie
outside its quiet hours. The first slot is at least 100 ms away, which leaves time to send.
A row that must not be sent now takes no slot. It is claimed all the same and has a `skip_reason`,
so that it is ended or postponed like any other. This is a sieve by what is known of the contact:
the freeze decides (deliveries.freeze).

Fresh rows are read by `pos`, from the campaign's cursor on. Rows behind the cursor, due again or
abandoned by a dead process, are read from small partial indexes. `= ANY(ARRAY(…))` keeps the plan
on the primary key, however large the table is. Contents are read later (`contents`) to keep the
claim fast.
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

CLAIM_TIMEOUT = timedelta(seconds=60)  # from the claim's last slot until others may claim its rows


def _claim_of(picked: str, *, cursor: str = "0") -> str:
    """Return the statement that claims the rows of the query `picked`.

    The campaign's cursor moves to `cursor`, an expression over the claim's `last_pos`.
    """
    statement = """
WITH rivals AS MATERIALIZED (                   -- campaigns that the frequency cap counts
    SELECT others.id, make_interval(hours => mine.frequency_hours) AS apart
    FROM campaigns AS mine JOIN campaigns AS others
        ON others.id <> mine.id AND others.mode = 'live'
       AND coalesce(others.finished_at, 'infinity')
            > now() - make_interval(hours => mine.frequency_hours)
    WHERE mine.id = $1 AND mine.mode = 'live'
), judged AS MATERIALIZED (
    SELECT picked.id, pos, first_attempt_at IS NOT NULL AS in_doubt, contact.*,
        row_number() OVER () AS ordinal,
        count(*) FILTER (WHERE skip_reason IS NULL) OVER (ROWS UNBOUNDED PRECEDING) AS place
    FROM (
        -- picked
    ) AS picked CROSS JOIN LATERAL (            -- OFFSET 0: a look-up by key for each row
        SELECT user_id, phone, username, found.person_id, wait_until, CASE
            WHEN EXISTS (SELECT FROM suppressions
                         WHERE identity_hash = ANY(identity_hashes)) THEN 'suppressed'
            WHEN first_attempt_at IS NOT NULL THEN NULL
            WHEN unreachable_reason IS NOT NULL OR EXISTS (
                SELECT FROM persons WHERE persons.id = found.person_id
                  AND persons.unreachable_reason IS NOT NULL) THEN 'unreachable'
            WHEN wait_until IS NOT NULL THEN 'frequency'
        END AS skip_reason
        FROM contacts CROSS JOIN LATERAL (
            SELECT CASE WHEN identified_at IS NOT NULL THEN contacts.person_id END AS person_id
        ) AS found CROSS JOIN LATERAL (
            SELECT max(settled_at + apart) AS wait_until FROM rivals JOIN deliveries AS got
                ON got.campaign_id = rivals.id AND got.person_id = found.person_id
            WHERE got.status IN ('sent', 'unknown') AND settled_at + apart > now()
              AND picked.first_attempt_at IS NULL
        ) AS frequency
        WHERE contacts.id = picked.contact_id OFFSET 0
    ) AS contact
), slots AS (                                  -- of the locked row alone: claims may run at once
    UPDATE campaigns SET
        next_slot_at = n * $3::interval
            + greatest(next_slot_at, clock_timestamp() + interval '100 ms'),
        claimed_pos = greatest(claimed_pos, -- cursor
        )
    FROM (SELECT count(*) AS found, max(pos) AS last_pos,
                 count(*) FILTER (WHERE skip_reason IS NULL) AS n
          FROM judged) AS taken
    WHERE id = $1 AND status = 'running' AND found > 0
      AND (n = 0 OR next_slot_at < clock_timestamp() + interval '3 seconds')
      AND (n = 0 OR mode <> 'live' OR 0 = (
          SELECT count(quiet_end(zone, quiet_from, quiet_until, slot_at))
          FROM unnest(ARRAY[0, n - 1]) AS place, LATERAL (
              SELECT greatest(next_slot_at, clock_timestamp() + interval '100 ms')
                  + place * $3::interval AS slot_at) AS slot))
    RETURNING next_slot_at, next_slot_at - n * $3::interval AS start_at,
        next_slot_at + $4::interval AS claimed_until
), claimed AS (
    UPDATE deliveries SET
        status = 'sending', claim_token = (SELECT nextval('claim_tokens')), claimed_by = $5,
        due_at = NULL,
        slot_at = CASE WHEN skip_reason IS NULL THEN start_at + (place - 1) * $3::interval
                  ELSE deliveries.slot_at END,
        claimed_until = slots.claimed_until
    FROM slots, judged
    WHERE deliveries.id = ANY(ARRAY(SELECT id FROM judged))
      AND judged.id = deliveries.id
    RETURNING ordinal, place, deliveries.id, claim_token, contact_id, attempts, retries, in_doubt,
        account_id, random_id, judged.person_id, judged.pos, generation, user_id, phone, username,
        skip_reason, wait_until
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
    """Claim up to `limit` rows that were never claimed, with slots `interval` apart.

    `process` is the name of the claiming process. Return None when there is no such row, the
    campaign does not run, or its next slot may not be claimed yet (`find_slot_wait`).
    """
    args = campaign_id, limit, interval, CLAIM_TIMEOUT, process
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
    for_first_attempts: list[int] | None = None,
    process: str | None = None,
) -> Claim | None:
    """Claim rows that are due again and rows that were abandoned, up to `limit` of each.

    Rows that an attempt pinned to an account outside `account_ids` stay. `for_first_attempts` are
    the accounts for rows without such an attempt; None: all of `account_ids`. Slots are `interval`
    apart. Return None as `claim_fresh` does.
    """
    free = account_ids if for_first_attempts is None else for_first_attempts
    args = campaign_id, limit, interval, CLAIM_TIMEOUT, process, account_ids, free
    return _claim(await connection.fetch(CLAIM_BEHIND, *args), interval)


CLAIM_KNOWN = _claim_of(
    """
    SELECT id, pos, contact_id, first_attempt_at FROM deliveries
    WHERE campaign_id = $1 AND status = 'pending' AND (due_at IS NULL OR due_at <= now())
      AND EXISTS (
          SELECT FROM contacts JOIN peers ON peers.person_id = contacts.person_id
          WHERE contacts.id = deliveries.contact_id
            AND (talked_at IS NOT NULL OR wrote_at IS NOT NULL)
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
    """Claim rows whose contact has a conversation with one of these accounts, out of turn.

    It is for accounts that may make no first contact. Return None as `claim_fresh` does.
    """
    args = campaign_id, limit, interval, CLAIM_TIMEOUT, process, account_ids
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
