"""Rows of deliveries after they were claimed: deferred, postponed, settled.

Every write carries the claim's fencing token. A row that it does not change belongs to another
claim by now. `settle` alone ends deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.models.breaker import WINDOW, mark_of
from db.models.delivery import Settled

if TYPE_CHECKING:
    from db.pool import Connection

SETTLE_DELIVERIES = """
WITH given AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[],
                         $6::text[], $7::boolean[]) WITH ORDINALITY
        AS rows (id, token, status, message_id, reason, mark, decided, place)
), settled AS (
    UPDATE deliveries SET
        status = given.status, message_id = given.message_id, reason = given.reason,
        settled_at = CASE WHEN decided THEN settled_at ELSE clock_timestamp() END,
        claim_token = NULL, claimed_until = NULL, due_at = NULL
    FROM given
    WHERE deliveries.id = ANY($1) AND deliveries.id = given.id
      AND deliveries.claim_token IS NOT DISTINCT FROM given.token
      AND CASE WHEN decided THEN deliveries.status = 'unknown' ELSE settled_at IS NULL END
    RETURNING deliveries.campaign_id, deliveries.status, deliveries.account_id,
        deliveries.person_id, settled_at, given.mark, given.decided, given.place
), talked AS (
    UPDATE peers SET talked_at = settled.settled_at FROM settled
    WHERE peers.account_id = settled.account_id AND peers.person_id = settled.person_id
      AND settled.status = 'sent' AND talked_at IS NULL
), counted AS (
    UPDATE campaigns SET
        sent = campaigns.sent + more.sent, failed = campaigns.failed + more.failed,
        skipped = campaigns.skipped + more.skipped,
        unknown = campaigns.unknown + more.unknown - more.decided,
        recent = right(campaigns.recent || coalesce(more.marks, ''), $8)
    FROM (SELECT campaign_id,
                 count(*) FILTER (WHERE status = 'sent') AS sent,
                 count(*) FILTER (WHERE status = 'failed') AS failed,
                 count(*) FILTER (WHERE status = 'skipped') AS skipped,
                 count(*) FILTER (WHERE status = 'unknown') AS unknown,
                 count(*) FILTER (WHERE decided) AS decided,
                 string_agg(mark, '' ORDER BY place) AS marks
          FROM settled GROUP BY campaign_id) AS more
    WHERE campaigns.id = more.campaign_id
)
SELECT count(*) FROM settled
"""


async def settle(connection: Connection, rows: Sequence[Settled]) -> int:
    """End deliveries, in this order; return how many were ended.

    This is the only statement that ends a delivery. It moves the campaign's counters, extends the
    window of its breakers and marks the person of a sent message as known to the account. A row is
    ended only under its claim's token. A token of None stands for a pending row, which the caller
    has locked in this transaction. A `decided` row is ended only while it is unknown; it keeps the
    moment at which it became unknown, and leaves no letter in the window. `rows` is not empty.
    """
    # A condition on the status would lead the planner to the index of the rows in flight, whose
    # size it underestimates.
    ids, tokens, statuses, message_ids, reasons, decided = zip(*rows, strict=True)
    marks = [None if row.decided else mark_of(row.status, row.reason) for row in rows]
    settled: int = await connection.fetchval(
        SETTLE_DELIVERIES, ids, tokens, statuses, message_ids, reasons, marks, decided, WINDOW
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


POSTPONE_DELIVERIES = """
UPDATE deliveries SET
    status = 'pending', claim_token = NULL, claimed_until = NULL, first_attempt_at = NULL,
    due_at = given.due_at, reason = $4
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS given (id, token, due_at)
WHERE deliveries.id = ANY($1) AND deliveries.id = given.id AND claim_token = given.token
  AND status = 'sending'
"""


async def postpone(
    connection: Connection,
    ids: Sequence[int],
    tokens: Sequence[int],
    due_at: Sequence[datetime],
    reason: str,
) -> None:
    """Make claimed rows that were not attempted pending again, each due at its own moment."""
    await connection.execute(POSTPONE_DELIVERIES, ids, tokens, due_at, reason)


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
