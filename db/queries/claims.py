"""Taking deliveries: rows and their slots in one statement, so that the rate is a promise.

Each claim asks in the same transaction whether the campaign runs, whether it is quiet where its
people live, and whether somebody is barred; who is barred uses no slot. The fresh ones are walked
by `pos` past the campaign's cursor; what lies behind it (due again, or abandoned by a process that
died) is swept from small partial indexes. `= ANY(ARRAY(…))` keeps the plan on the primary key,
however large the table.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.contact import Identity
from db.models.delivery import Claim, Claimed
from db.models.template import Entity, Filled

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

HOLD = timedelta(seconds=60)  # how long a claim is ours, from its slot on


def _claim_of(picked: str, *, cursor: str = "0") -> str:
    """The claim of the rows that are `picked`, past which the cursor moves to `cursor`."""
    statement = """
WITH picked AS MATERIALIZED (
    -- picked
), rivals AS MATERIALIZED (                     -- whose messages may be one too many today
    SELECT others.id, now() - make_interval(hours => mine.frequency_hours) AS since
    FROM campaigns AS mine JOIN campaigns AS others
        ON others.id <> mine.id AND others.mode = 'live'
       AND coalesce(others.finished_at, 'infinity')
            > now() - make_interval(hours => mine.frequency_hours)
    WHERE mine.id = $1 AND mine.mode = 'live'
), judged AS MATERIALIZED (
    SELECT picked.id, pos, first_attempt_at IS NOT NULL AS asked, person.*,
        count(*) FILTER (WHERE bar IS NULL) OVER (ORDER BY pos) AS place
    FROM picked CROSS JOIN LATERAL (            -- OFFSET 0: looked up one by one, by their keys
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
        next_slot_at = greatest(next_slot_at, clock_timestamp()) + n * $3::interval,
        claimed_pos = greatest(claimed_pos, -- cursor
        ),
        skipped = skipped + spared, unknown = unknown + lost
    FROM (SELECT count(*) AS found, max(pos) AS last_pos,
                 count(*) FILTER (WHERE bar IS NULL) AS n,
                 count(bar) FILTER (WHERE NOT asked) AS spared,
                 count(bar) FILTER (WHERE asked) AS lost FROM judged) AS taken
    WHERE id = $1 AND status = 'running' AND found > 0 AND (mode <> 'live'
        OR quiet_end(zone, quiet_from, quiet_until, clock_timestamp()) IS NULL)
    RETURNING next_slot_at, next_slot_at - n * $3::interval AS start_at
), barred AS (
    UPDATE deliveries SET
        status = CASE WHEN first_attempt_at IS NULL THEN 'skipped' ELSE 'unknown' END,
        reason = (SELECT bar FROM judged WHERE judged.id = deliveries.id),
        settled_at = clock_timestamp(), claim_token = NULL, claimed_until = NULL
    WHERE id = ANY(ARRAY(SELECT id FROM judged WHERE bar IS NOT NULL))
      AND EXISTS (SELECT FROM slots)
), claimed AS (
    UPDATE deliveries SET
        status = 'sending', claim_token = (SELECT nextval('claim_tokens')), claimed_by = $5,
        due_at = NULL, slot_at = start_at + (place - 1) * $3::interval,
        claimed_until = start_at + (place - 1) * $3::interval + $4::interval
    FROM slots, judged
    WHERE deliveries.id = ANY(ARRAY(SELECT id FROM judged WHERE bar IS NULL))
      AND judged.id = deliveries.id
    RETURNING deliveries.id, claim_token, contact_id, contact_list_id, slot_at, attempts, retries,
        first_attempt_at, account_id, random_id, user_id, phone, username, place
)
SELECT claimed.*, members.fields, contents.text, contents.entities,
    CASE WHEN coalesce(place, 1) = 1 THEN next_slot_at END AS next_slot_at,
    CASE WHEN coalesce(place, 1) = 1 THEN clock_timestamp() END AS now
FROM slots LEFT JOIN claimed ON true
LEFT JOIN contact_list_members AS members
    ON members.contact_list_id = claimed.contact_list_id
   AND members.contact_id = claimed.contact_id
LEFT JOIN delivery_contents AS contents                 -- nobody looks for what was never frozen
    ON contents.delivery_id = CASE WHEN claimed.random_id IS NOT NULL THEN claimed.id END
ORDER BY claimed.slot_at
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
    return _claim(await connection.fetch(CLAIM_FRESH, *args))


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
    return _claim(await connection.fetch(CLAIM_BEHIND, *args))


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
    return _claim(await connection.fetch(CLAIM_KNOWN, *args))


def _claim(rows: list[asyncpg.Record]) -> Claim | None:
    if not rows:
        return None
    claimed = [_claimed(row) for row in rows if row["id"] is not None]
    return Claim(claimed, now=rows[0]["now"], next_slot_at=rows[0]["next_slot_at"])


def _claimed(row: asyncpg.Record) -> Claimed:
    given = row["text"] is not None
    content = Filled(row["text"], tuple(map(Entity.from_json, row["entities"]))) if given else None
    return Claimed(
        id=row["id"],
        token=row["claim_token"],
        contact_id=row["contact_id"],
        identity=Identity(row["user_id"], row["phone"], row["username"]),
        fields=row["fields"] or {},
        slot_at=row["slot_at"],
        claimed_until=row["slot_at"] + HOLD,
        attempts=row["attempts"],
        retries=row["retries"],
        asked=row["first_attempt_at"] is not None,
        account_id=row["account_id"],
        random_id=row["random_id"],
        content=content,
    )
