"""Rows of deliveries after they were claimed: frozen, deferred, settled.

Every write carries the claim's fencing token. A row that it does not change belongs to another
claim by now. `settle` alone ends deliveries.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.breaker import WINDOW, mark_of
from db.models.delivery import Frozen, Settled

if TYPE_CHECKING:
    from db.pool import Connection

FREEZE_DELIVERIES = """
WITH given AS MATERIALIZED (
    SELECT *, peer_id IS NULL OR (
        row_number() OVER (PARTITION BY peer_id ORDER BY id) = 1 AND NOT EXISTS (
            SELECT FROM deliveries AS others WHERE others.campaign_id = $1
              AND others.peer_id = rows.peer_id AND others.id <> rows.id)
    ) AS first_of_person, EXISTS (
        SELECT FROM suppressions WHERE identity_hash = person_hash
    ) OR EXISTS (
        SELECT FROM suppressions WHERE identity_hash = ANY((
            SELECT identity_hashes FROM contacts WHERE id = (
                SELECT contact_id FROM deliveries WHERE deliveries.id = rows.id))::bytea[])
    ) AS suppressed
    FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                $7::text[], $8::text[], $9::bytea[])
         AS rows (id, token, account_id, peer_id, random_id, text, entities, person_hash)
), frozen AS (
    UPDATE deliveries SET
        account_id = given.account_id, peer_id = given.peer_id, random_id = given.random_id,
        attempts = attempts + 1,
        first_attempt_at = coalesce(first_attempt_at, clock_timestamp())
    FROM given
    WHERE deliveries.id = ANY($2) AND deliveries.id = given.id
      AND first_of_person AND NOT suppressed AND status = 'sending' AND claim_token = given.token
      AND EXISTS (SELECT FROM campaigns WHERE id = $1 AND status = 'running')
      AND (given.account_id IS NULL OR EXISTS (
          SELECT FROM accounts WHERE id = given.account_id
            AND owner IS NOT DISTINCT FROM claimed_by
            AND (owner IS NULL OR lease_until > clock_timestamp())))
    RETURNING deliveries.id
), contents AS (
    INSERT INTO delivery_contents (delivery_id, text, entities)
    SELECT id, text, entities::jsonb FROM given JOIN frozen USING (id)
    ON CONFLICT (delivery_id) DO NOTHING
)
SELECT id, first_of_person, suppressed, frozen.id IS NOT NULL AS frozen
FROM given LEFT JOIN frozen USING (id)
"""


async def freeze(
    connection: Connection, campaign_id: int, rows: Sequence[Frozen]
) -> tuple[set[int], set[int], set[int]]:
    """Store what is about to be sent. The caller sends nothing before this is committed.

    Return three sets of ids: those that are frozen, those whose person another delivery of this
    campaign is for, and those whose person is suppressed under any known identity. An id in none
    of them belongs to another claim by now, or the campaign or the account's lease has ended.
    Raise asyncpg.UniqueViolationError when another process freezes a delivery to the same person at
    the same moment; the claim then expires.
    """
    found = await connection.fetch(
        FREEZE_DELIVERIES,
        campaign_id,
        [row.id for row in rows],
        [row.token for row in rows],
        [row.account_id for row in rows],
        [row.peer_id for row in rows],
        [row.random_id for row in rows],
        [row.content.text for row in rows],
        [json.dumps([e.to_json() for e in row.content.entities]) for row in rows],
        [row.person_hash for row in rows],
    )
    frozen = {row["id"] for row in found if row["frozen"]}
    suppressed = {row["id"] for row in found if row["suppressed"]}
    doubles = {row["id"] for row in found if not row["first_of_person"]} - suppressed
    return frozen, doubles, suppressed


SETTLE_DELIVERIES = """
WITH given AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[],
                         $6::text[]) WITH ORDINALITY
        AS rows (id, token, status, message_id, reason, mark, place)
), settled AS (
    UPDATE deliveries SET
        status = given.status, message_id = given.message_id, reason = given.reason,
        settled_at = clock_timestamp(), claim_token = NULL, claimed_until = NULL, due_at = NULL
    FROM given
    WHERE deliveries.id = ANY($1) AND deliveries.id = given.id
      AND deliveries.claim_token IS NOT DISTINCT FROM given.token AND settled_at IS NULL
    RETURNING deliveries.campaign_id, deliveries.status, deliveries.account_id,
        deliveries.contact_id, given.mark, given.place
), talked AS (
    UPDATE peers SET talked_at = clock_timestamp() FROM settled
    WHERE peers.account_id = settled.account_id AND peers.contact_id = settled.contact_id
      AND settled.status = 'sent' AND talked_at IS NULL
), counted AS (
    UPDATE campaigns SET
        sent = campaigns.sent + more.sent, failed = campaigns.failed + more.failed,
        skipped = campaigns.skipped + more.skipped, unknown = campaigns.unknown + more.unknown,
        recent = right(campaigns.recent || coalesce(more.marks, ''), $7)
    FROM (SELECT campaign_id,
                 count(*) FILTER (WHERE status = 'sent') AS sent,
                 count(*) FILTER (WHERE status = 'failed') AS failed,
                 count(*) FILTER (WHERE status = 'skipped') AS skipped,
                 count(*) FILTER (WHERE status = 'unknown') AS unknown,
                 string_agg(mark, '' ORDER BY place) AS marks
          FROM settled GROUP BY campaign_id) AS more
    WHERE campaigns.id = more.campaign_id
)
SELECT count(*) FROM settled
"""


async def settle(connection: Connection, rows: Sequence[Settled]) -> int:
    """End deliveries, in this order; return how many were ended.

    This is the only statement that ends a delivery. It moves the campaign's counters, extends the
    window of its breakers and marks the contact of a sent message as known to the account. A row is
    ended only under its claim's token. A token of None stands for a pending row, which the caller
    has locked in this transaction. `rows` is not empty.
    """
    # A condition on the status would lead the planner to the index of the rows in flight, whose
    # size it underestimates.
    ids, tokens, statuses, message_ids, reasons = zip(*rows, strict=True)
    marks = [mark_of(row.status, row.reason) for row in rows]
    settled: int = await connection.fetchval(
        SETTLE_DELIVERIES, ids, tokens, statuses, message_ids, reasons, marks, WINDOW
    )
    return settled


FIND_IN_FLIGHT = """
SELECT id, claim_token FROM deliveries
WHERE status = 'sending' AND account_id = $1 AND random_id = $2 FOR NO KEY UPDATE
"""


async def find_in_flight(
    connection: Connection, account_id: int, random_id: int
) -> tuple[int, int] | None:
    """Lock and return (id, token) of the delivery in flight from this account under `random_id`.

    None when there is none. The lock lasts until the caller's transaction ends.
    """
    row = await connection.fetchrow(FIND_IN_FLIGHT, account_id, random_id)
    return None if row is None else (row["id"], row["claim_token"])


DEFER_DELIVERIES = """
UPDATE deliveries SET
    status = 'pending', claim_token = NULL, claimed_until = NULL,
    due_at = clock_timestamp() + $3::interval, reason = $4,
    retries = retries + $5::integer,
    first_attempt_at = CASE WHEN $6 THEN first_attempt_at END
WHERE id = ANY($1) AND claim_token = ANY($2) AND status = 'sending'
"""


async def defer(
    connection: Connection,
    ids: Sequence[int],
    tokens: Sequence[int],
    wait: timedelta,
    *,
    reason: str | None = None,
    retries: int = 0,
    in_doubt: bool = False,
) -> None:
    """Make claimed rows pending again, due after `wait`. What was frozen stays frozen.

    `retries` is added to those that count against the campaign's retry limit. `in_doubt`: an
    earlier attempt may have arrived. Otherwise the row counts as never attempted.
    """
    await connection.execute(DEFER_DELIVERIES, ids, tokens, wait, reason, retries, in_doubt)


LEAVE_IN_DOUBT = """
UPDATE deliveries SET claimed_until = clock_timestamp() + $3::interval, reason = $4
WHERE id = $1 AND claim_token = $2 AND status = 'sending'
"""


async def leave_in_doubt(
    connection: Connection, delivery_id: int, token: int, wait: timedelta, reason: str
) -> None:
    """Keep the claim for `wait` after an attempt that may have arrived.

    When it expires, the row is claimed again and the same random_id is used.
    """
    await connection.execute(LEAVE_IN_DOUBT, delivery_id, token, wait, reason)
