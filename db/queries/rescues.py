"""Deliveries whose claim is abandoned: after a crash, the loss of an account, a day of doubt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.delivery import DeliveryStatus, Settled

if TYPE_CHECKING:
    from db.pool import Connection

MEMORY = timedelta(hours=24)  # how long a repeated random_id is trusted to find its message

EXPIRE_CLAIMS = """
UPDATE deliveries SET claimed_until = clock_timestamp(), claim_token = nextval('claim_tokens')
WHERE status = 'sending' AND claimed_by = $1
"""


async def expire_claims(connection: Connection, process: str) -> None:
    """End every claim of a dead process at once; if it is not dead after all, it can neither
    freeze nor settle them any more."""
    await connection.execute(EXPIRE_CLAIMS, process)


RELEASE_UNISSUED = """
UPDATE deliveries SET status = 'pending', claim_token = NULL, claimed_until = NULL, due_at = now()
WHERE status = 'sending' AND claimed_until <= now() AND first_attempt_at IS NULL
  AND campaign_id IN (SELECT id FROM campaigns WHERE status <> 'running')
"""


async def release_unissued(connection: Connection) -> None:
    """What was claimed and never tried is pending again in campaigns that do not run."""
    await connection.execute(RELEASE_UNISSUED)


FIND_HOPELESS = """
WITH doubtful AS (
    SELECT id, campaign_id, account_id, first_attempt_at FROM deliveries
    WHERE status = 'sending' AND claimed_until <= now() AND first_attempt_at IS NOT NULL
    UNION ALL
    SELECT id, campaign_id, account_id, first_attempt_at FROM deliveries
    WHERE status = 'pending' AND due_at IS NOT NULL AND first_attempt_at IS NOT NULL
), hopeless AS (
    SELECT doubtful.id, CASE
        WHEN campaigns.status = 'cancelled' THEN 'cancelled'
        WHEN accounts.lost_at IS NOT NULL OR accounts.disabled_at IS NOT NULL THEN 'account_lost'
        WHEN first_attempt_at < now() - $1::interval THEN 'expired'
    END AS reason
    FROM doubtful JOIN campaigns ON campaigns.id = campaign_id
    LEFT JOIN accounts ON accounts.id = account_id
)
SELECT deliveries.id, claim_token, hopeless.reason
FROM deliveries JOIN hopeless ON hopeless.id = deliveries.id
WHERE deliveries.id = ANY(ARRAY(SELECT id FROM hopeless WHERE hopeless.reason IS NOT NULL))
  AND (deliveries.status = 'pending' AND first_attempt_at IS NOT NULL
       OR deliveries.status = 'sending' AND claimed_until <= now())
ORDER BY deliveries.id LIMIT $2 FOR NO KEY UPDATE OF deliveries SKIP LOCKED
"""


async def find_hopeless(connection: Connection, limit: int) -> list[Settled]:
    """Lock up to `limit` deliveries in doubt that cannot be asked again, as their end UNKNOWN.

    The campaign was cancelled, the account is gone (another account would make a second copy), or
    the first attempt is more than 24 hours old. A person decides about them.
    """
    rows = await connection.fetch(FIND_HOPELESS, MEMORY, limit)
    return [
        Settled(row["id"], row["claim_token"], DeliveryStatus.UNKNOWN, reason=row["reason"])
        for row in rows
    ]


FIND_NEXT_WAIT = """
SELECT least(
    (SELECT min(due_at) FROM deliveries
     WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NOT NULL),
    (SELECT min(claimed_until) FROM deliveries WHERE campaign_id = $1 AND status = 'sending')
) - clock_timestamp()
"""


async def find_next_wait(connection: Connection, campaign_id: int) -> timedelta | None:
    """How long until the next deferred or held row may be claimed; None when there is none."""
    wait: timedelta | None = await connection.fetchval(FIND_NEXT_WAIT, campaign_id)
    return wait


REWIND_CURSOR = """
UPDATE campaigns SET claimed_pos = passed_over.pos - 1
FROM (SELECT min(pos) AS pos FROM deliveries
      WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NULL) AS passed_over
WHERE id = $1 AND passed_over.pos <= claimed_pos
"""


async def rewind_cursor(connection: Connection, campaign_id: int) -> None:
    """Let the claim see rows that it passed over, because a claim of theirs was rolled back."""
    await connection.execute(REWIND_CURSOR, campaign_id)
