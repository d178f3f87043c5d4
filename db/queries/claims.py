"""Claims of deliveries: rows and their slots are taken in one statement.

The statement moves the campaign's next slot, so concurrent claims never exceed its rate. It claims
nothing unless the campaign runs, its next slot is at most three seconds away, and the slots lie
outside its quiet hours. The first slot is at least `lead` away, which leaves time to prepare.
A row that must not be sent now takes no slot. It is claimed all the same and has a `skip_reason`,
so that it is ended or postponed like any other. This is a sieve by what is known of the contact:
the freeze decides (db.queries.freezes).

Fresh rows are read by `pos`, from the campaign's cursor on. Rows behind the cursor, due again or
abandoned by a dead process, are read from small partial indexes. `= ANY(ARRAY(…))` keeps the plan
on the primary key, however large the table is. Contents are read later (`contents`) to keep the
claim fast.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.delivery import Claim

if TYPE_CHECKING:
    from db.pool import Connection

CLAIM_TIMEOUT = timedelta(seconds=60)  # from the claim's last slot until others may claim its rows
LEAD = timedelta(seconds=0.1)  # the least time from a claim to its first slot


def _claim_of(picked: str, *, lead: str = "interval '100 ms'") -> str:
    """Return the statement that claims what `picked` finds; the cursor moves to the last fresh."""
    statement = """
WITH rivals AS MATERIALIZED (                   -- campaigns that the frequency cap counts
    SELECT others.id, make_interval(hours => mine.frequency_hours) AS apart
    FROM campaigns AS mine JOIN campaigns AS others
        ON others.id <> mine.id AND others.mode = 'live'
       AND coalesce(others.finished_at, 'infinity')
            > now() - make_interval(hours => mine.frequency_hours)
    WHERE mine.id = $1 AND mine.mode = 'live'
), judged AS MATERIALIZED (
    SELECT picked.id, pos, fresh, first_attempt_at IS NOT NULL AS in_doubt, contact.*,
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
            + greatest(next_slot_at, clock_timestamp() + -- lead),
        claimed_pos = greatest(claimed_pos, last_pos)
    FROM (SELECT count(*) AS found, max(pos) FILTER (WHERE fresh) AS last_pos,
                 count(*) FILTER (WHERE skip_reason IS NULL) AS n
          FROM judged) AS taken
    WHERE id = $1 AND status = 'running' AND found > 0
      AND (n = 0 OR next_slot_at < clock_timestamp() + interval '3 seconds')
      AND (n = 0 OR mode <> 'live' OR 0 = (
          SELECT count(quiet_end(zone, quiet_from, quiet_until, slot_at))
          FROM unnest(ARRAY[0, n - 1]) AS place, LATERAL (
              SELECT greatest(next_slot_at, clock_timestamp() + -- lead)
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
    return statement.replace("-- picked", picked).replace("-- lead", lead)


CLAIM_NEXT = _claim_of(
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
    return Claim.of(rows, interval)


CLAIM_FRESH = _claim_of(
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
    return Claim.of(await connection.fetch(CLAIM_FRESH, *args), interval)


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


CLAIM_KNOWN = _claim_of(
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
    return Claim.of(await connection.fetch(CLAIM_KNOWN, *args), interval)


FIND_SLOT_WAIT = """
SELECT greatest(now, next_slot_at - interval '3 seconds', CASE WHEN mode = 'live' THEN quiet_end(
    zone, quiet_from, quiet_until, greatest(next_slot_at, now + interval '100 ms')) END) - now
FROM campaigns, LATERAL (SELECT clock_timestamp() AS now) AS clock WHERE id = $1
"""


async def find_slot_wait(connection: Connection, campaign_id: int) -> timedelta:
    """Return the time until the campaign's next slot may be claimed; zero: now."""
    wait: timedelta = await connection.fetchval(FIND_SLOT_WAIT, campaign_id)
    return wait
