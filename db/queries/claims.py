"""Taking deliveries: rows and their slots in one statement, so that the rate is a promise.

Both claims ask in the same transaction whether the campaign runs and whether somebody is barred;
who is barred uses no slot. The fresh ones are walked by `pos` past the campaign's cursor; what
lies behind it (due again, or abandoned by a process that died) is swept from small partial
indexes. `= ANY(ARRAY(…))` keeps the plan on the primary key at any size of the table.
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

CLAIM_FRESH = """
WITH picked AS MATERIALIZED (
    SELECT id, pos, contact_id FROM deliveries
    WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NULL
      AND pos > (SELECT claimed_pos FROM campaigns WHERE id = $1)
    ORDER BY pos LIMIT $2 FOR UPDATE SKIP LOCKED
), judged AS MATERIALIZED (
    SELECT id, pos, (
        SELECT CASE
            WHEN EXISTS (SELECT FROM suppressions
                         WHERE identity_hash = ANY(contacts.identity_hashes)) THEN 'suppressed'
            WHEN unreachable_reason IS NOT NULL THEN 'unreachable'
        END FROM contacts WHERE contacts.id = picked.contact_id
    ) AS bar FROM picked
), slots AS (
    UPDATE campaigns SET
        next_slot_at = greatest(next_slot_at, clock_timestamp()) + n * $3::interval,
        claimed_pos = greatest(claimed_pos, last_pos),
        skipped = skipped + barred
    FROM (SELECT count(*) FILTER (WHERE bar IS NULL) AS n, count(bar) AS barred,
                 array_agg(id ORDER BY pos) FILTER (WHERE bar IS NULL) AS ids,
                 max(pos) AS last_pos FROM judged) AS taken
    WHERE id = $1 AND status = 'running' AND last_pos IS NOT NULL
    RETURNING next_slot_at, next_slot_at - n * $3::interval AS first_slot_at, ids
), barred AS (
    UPDATE deliveries SET status = 'skipped', settled_at = clock_timestamp(),
        reason = (SELECT bar FROM judged WHERE judged.id = deliveries.id)
    WHERE id = ANY(ARRAY(SELECT id FROM judged WHERE bar IS NOT NULL))
      AND EXISTS (SELECT FROM slots)
), claimed AS (
    UPDATE deliveries SET
        status = 'sending', claim_token = (SELECT nextval('claim_tokens')), claimed_by = $5,
        slot_at = first_slot_at + (array_position(ids, id) - 1) * $3::interval,
        claimed_until = first_slot_at + (array_position(ids, id) - 1) * $3::interval + $4::interval
    FROM slots
    WHERE id = ANY(ARRAY(SELECT id FROM judged WHERE bar IS NULL))
    RETURNING deliveries.*
)
SELECT slots.next_slot_at, clock_timestamp() AS now, claimed.*, contacts.user_id, contacts.phone,
       contacts.username, members.fields, contents.text, contents.entities
FROM slots LEFT JOIN claimed ON true
LEFT JOIN contacts ON contacts.id = claimed.contact_id
LEFT JOIN contact_list_members AS members
    ON members.contact_list_id = claimed.contact_list_id
   AND members.contact_id = claimed.contact_id
LEFT JOIN delivery_contents AS contents ON contents.delivery_id = claimed.id
ORDER BY claimed.slot_at
"""


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
    rows = await connection.fetch(CLAIM_FRESH, campaign_id, limit, interval, HOLD, process)
    return _claim(rows)


CLAIM_BEHIND = """
WITH picked AS MATERIALIZED (
    SELECT * FROM (
        SELECT id, contact_id, first_attempt_at FROM deliveries
        WHERE campaign_id = $1 AND status = 'pending' AND due_at <= now()
          AND (account_id IS NULL OR account_id = ANY($5::bigint[]))
        ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS due UNION ALL SELECT * FROM (
        SELECT id, contact_id, first_attempt_at FROM deliveries
        WHERE campaign_id = $1 AND status = 'sending' AND claimed_until <= now()
          AND (account_id IS NULL OR account_id = ANY($5::bigint[]))
        ORDER BY claimed_until LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS abandoned
), judged AS MATERIALIZED (
    SELECT id, first_attempt_at IS NOT NULL AS asked, EXISTS (
        SELECT FROM suppressions JOIN contacts ON identity_hash = ANY(identity_hashes)
        WHERE contacts.id = picked.contact_id
    ) AS barred FROM picked
), slots AS (
    UPDATE campaigns SET
        next_slot_at = greatest(next_slot_at, clock_timestamp()) + n * $3::interval,
        skipped = skipped + spared, unknown = unknown + lost
    FROM (SELECT count(*) AS all_of_them,
                 count(*) FILTER (WHERE NOT barred) AS n,
                 count(*) FILTER (WHERE barred AND NOT asked) AS spared,
                 count(*) FILTER (WHERE barred AND asked) AS lost,
                 array_agg(id ORDER BY id) FILTER (WHERE NOT barred) AS ids FROM judged) AS taken
    WHERE id = $1 AND status = 'running' AND all_of_them > 0
    RETURNING next_slot_at, next_slot_at - n * $3::interval AS first_slot_at, ids
), barred AS (
    UPDATE deliveries SET
        status = CASE WHEN first_attempt_at IS NULL THEN 'skipped' ELSE 'unknown' END,
        reason = 'suppressed', settled_at = clock_timestamp(),
        claim_token = NULL, claimed_until = NULL
    WHERE id = ANY(ARRAY(SELECT id FROM judged WHERE barred)) AND EXISTS (SELECT FROM slots)
), claimed AS (
    UPDATE deliveries SET
        status = 'sending', claim_token = (SELECT nextval('claim_tokens')), claimed_by = $6,
        due_at = NULL,
        slot_at = first_slot_at + (array_position(ids, id) - 1) * $3::interval,
        claimed_until = first_slot_at + (array_position(ids, id) - 1) * $3::interval + $4::interval
    FROM slots
    WHERE id = ANY(ARRAY(SELECT id FROM judged WHERE NOT barred))
    RETURNING deliveries.*
)
SELECT slots.next_slot_at, clock_timestamp() AS now, claimed.*, contacts.user_id, contacts.phone,
       contacts.username, members.fields, contents.text, contents.entities
FROM slots LEFT JOIN claimed ON true
LEFT JOIN contacts ON contacts.id = claimed.contact_id
LEFT JOIN contact_list_members AS members
    ON members.contact_list_id = claimed.contact_list_id
   AND members.contact_id = claimed.contact_id
LEFT JOIN delivery_contents AS contents ON contents.delivery_id = claimed.id
ORDER BY claimed.slot_at
"""


async def claim_behind(
    connection: Connection,
    campaign_id: int,
    limit: int,
    interval: timedelta,
    account_ids: list[int],
    *,
    process: str | None = None,
) -> Claim | None:
    """Take what is due again and what was abandoned, up to `limit` of each, a slot each.

    Rows pinned to an account outside `account_ids` stay. None: nothing to take, or not running.
    """
    rows = await connection.fetch(
        CLAIM_BEHIND, campaign_id, limit, interval, HOLD, account_ids, process
    )
    return _claim(rows)


def _claim(rows: list[asyncpg.Record]) -> Claim | None:
    if not rows:
        return None
    first = rows[0]
    claimed = [_claimed(row) for row in rows if row["id"] is not None]
    return Claim(claimed, now=first["now"], next_slot_at=first["next_slot_at"])


def _claimed(row: asyncpg.Record) -> Claimed:
    content = None
    if row["text"] is not None:
        content = Filled(row["text"], tuple(map(Entity.from_json, row["entities"])))
    return Claimed(
        id=row["id"],
        token=row["claim_token"],
        contact_id=row["contact_id"],
        identity=Identity(row["user_id"], row["phone"], row["username"]),
        fields=row["fields"] or {},
        slot_at=row["slot_at"],
        claimed_until=row["claimed_until"],
        attempts=row["attempts"],
        retries=row["retries"],
        asked=row["first_attempt_at"] is not None,
        account_id=row["account_id"],
        random_id=row["random_id"],
        content=content,
    )
