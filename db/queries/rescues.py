"""Deliveries whose claim was abandoned or cannot be settled: after a crash or a lost account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.delivery import DeliveryStatus, Settled, Waiting, WaitingGroup

if TYPE_CHECKING:
    from db.pool import Connection

# How long Telegram is trusted to recognise a repeated random_id.
RANDOM_ID_LIFETIME = timedelta(hours=24)

EXPIRE_CLAIMS = """
UPDATE deliveries SET claimed_until = clock_timestamp(), claim_token = nextval('claim_tokens')
WHERE status = 'sending' AND claimed_by = $1
"""


async def expire_claims(connection: Connection, process: str) -> None:
    """End every claim of a dead process now.

    The claims get new tokens, so that a process that is alive after all can neither freeze nor
    settle them.
    """
    await connection.execute(EXPIRE_CLAIMS, process)


RELEASE_UNATTEMPTED = """
UPDATE deliveries SET status = 'pending', claim_token = NULL, claimed_until = NULL, due_at = now()
WHERE status = 'sending' AND claimed_until <= now() AND first_attempt_at IS NULL
  AND (claimed_until <= now() - interval '1 minute'
       OR campaign_id IN (SELECT id FROM campaigns WHERE status <> 'running'))
"""


async def release_unattempted(connection: Connection) -> None:
    """Make deliveries without an attempt pending again, once their claim has expired.

    A slice of a running campaign takes them over by itself. Those that no account may take are
    released after a minute, so that they can be unpinned and the campaign can pause for them.
    """
    await connection.execute(RELEASE_UNATTEMPTED)


UNPIN_FROM_LOST = """
UPDATE deliveries SET account_id = NULL, peer_id = NULL
WHERE status = 'pending' AND due_at IS NOT NULL AND first_attempt_at IS NULL
  AND account_id = ANY(ARRAY(
      SELECT id FROM accounts WHERE lost_at IS NOT NULL OR disabled_at IS NOT NULL))
  AND campaign_id = ANY(ARRAY(
      SELECT id FROM campaigns WHERE status IN ('running', 'paused')))
"""


async def unpin_from_lost(connection: Connection) -> None:
    """Unpin the deliveries that certainly did not arrive from accounts that are gone.

    They were refused or never asked, so another account may send them. Those that may have arrived
    are never unpinned.
    """
    await connection.execute(UNPIN_FROM_LOST)


FIND_UNRESOLVABLE = """
WITH in_doubt AS (
    SELECT id, campaign_id, account_id, first_attempt_at FROM deliveries
    WHERE status = 'sending' AND claimed_until <= now() AND first_attempt_at IS NOT NULL
    UNION ALL
    SELECT id, campaign_id, account_id, first_attempt_at FROM deliveries
    WHERE status = 'pending' AND due_at IS NOT NULL AND first_attempt_at IS NOT NULL
), unresolvable AS (
    SELECT in_doubt.id, CASE
        WHEN campaigns.status = 'cancelled' THEN 'cancelled'
        WHEN accounts.lost_at IS NOT NULL OR accounts.disabled_at IS NOT NULL THEN 'account_lost'
        WHEN first_attempt_at < now() - $1::interval THEN 'expired'
    END AS reason
    FROM in_doubt JOIN campaigns ON campaigns.id = campaign_id
    LEFT JOIN accounts ON accounts.id = account_id
)
SELECT deliveries.id, claim_token, unresolvable.reason
FROM deliveries JOIN unresolvable ON unresolvable.id = deliveries.id
WHERE deliveries.id = ANY(ARRAY(
    SELECT id FROM unresolvable WHERE unresolvable.reason IS NOT NULL))
  AND (deliveries.status = 'pending' AND first_attempt_at IS NOT NULL
       OR deliveries.status = 'sending' AND claimed_until <= now())
ORDER BY deliveries.id LIMIT $2 FOR NO KEY UPDATE OF deliveries SKIP LOCKED
"""


async def find_unresolvable(connection: Connection, limit: int) -> list[Settled]:
    """Lock up to `limit` deliveries in doubt that cannot be attempted again.

    Return each as its end UNKNOWN, for `deliveries.settle` in the caller's transaction. The reason
    is 'cancelled' (the campaign), 'account_lost' (another account would send a second copy), or
    'expired' (the first attempt is older than RANDOM_ID_LIFETIME). A person decides about them.
    """
    rows = await connection.fetch(FIND_UNRESOLVABLE, RANDOM_ID_LIFETIME, limit)
    return [
        Settled(row["id"], row["claim_token"], DeliveryStatus.UNKNOWN, reason=row["reason"])
        for row in rows
    ]


FIND_WAITING = """
WITH due AS (
    SELECT account_id, first_attempt_at IS NOT NULL AS in_doubt FROM deliveries
    WHERE campaign_id = $1 AND status = 'pending' AND due_at <= clock_timestamp()
    UNION
    SELECT account_id, first_attempt_at IS NOT NULL FROM deliveries
    WHERE campaign_id = $1 AND status = 'sending' AND claimed_until <= clock_timestamp()
    UNION
    SELECT NULL, false WHERE EXISTS (
        SELECT FROM deliveries WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NULL)
)
SELECT due.*, (
    SELECT min(due_at) FROM deliveries
    WHERE campaign_id = $1 AND status = 'pending' AND due_at > clock_timestamp()
) AS next_due_at
FROM due WHERE NOT EXISTS (
    SELECT FROM deliveries
    WHERE campaign_id = $1 AND status = 'sending' AND claimed_until > clock_timestamp())
"""


async def find_waiting(connection: Connection, campaign_id: int) -> Waiting:
    """Return which deliveries are due, by the account that they are pinned to.

    There is none in the result while a delivery is in flight.
    """
    rows = await connection.fetch(FIND_WAITING, campaign_id)
    groups = [WaitingGroup(row["account_id"], row["in_doubt"]) for row in rows]
    return Waiting(groups, rows[0]["next_due_at"] if rows else None)


FIND_PINNED = """
SELECT DISTINCT account_id FROM deliveries
WHERE campaign_id = $1 AND status IN ('pending', 'sending') AND account_id IS NOT NULL
"""


async def find_pinned(connection: Connection, campaign_id: int) -> set[int]:
    """Return the accounts to which deliveries of the campaign that are not settled are pinned."""
    rows = await connection.fetch(FIND_PINNED, campaign_id)
    return {row["account_id"] for row in rows}


FIND_NEXT_WAIT = """
SELECT least(
    (SELECT min(due_at) FROM deliveries
     WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NOT NULL),
    (SELECT min(claimed_until) FROM deliveries WHERE campaign_id = $1 AND status = 'sending')
) - clock_timestamp()
"""


async def find_next_wait(connection: Connection, campaign_id: int) -> timedelta | None:
    """Return the time until the next deferred or claimed delivery may be claimed.

    Zero or less: now. None: the campaign has no such delivery.
    """
    wait: timedelta | None = await connection.fetchval(FIND_NEXT_WAIT, campaign_id)
    return wait


REWIND_CURSOR = """
UPDATE campaigns SET claimed_pos = passed_over.pos - 1
FROM (SELECT min(pos) AS pos FROM deliveries
      WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NULL) AS passed_over
WHERE id = $1 AND passed_over.pos <= claimed_pos
"""


async def rewind_cursor(connection: Connection, campaign_id: int) -> None:
    """Move the claim's cursor back to the first fresh delivery, if it lies behind it.

    A claim that was rolled back while a later one committed leaves such a delivery.
    """
    await connection.execute(REWIND_CURSOR, campaign_id)
