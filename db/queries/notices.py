"""Rows of notices: what each admin is to be notified of, part by part."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.notice import Notice, NoticeKind, NoticePart

if TYPE_CHECKING:
    from db.pool import Connection

HOLD = timedelta(seconds=30)  # an attempt whose process died is repeated after this time
KEPT = timedelta(days=30)

ADD_NOTICES = """
INSERT INTO notices (kind, event_id, admin_id, part)
SELECT $1, $2, admin_id, $4 FROM unnest($3::bigint[]) AS admin_id
ON CONFLICT DO NOTHING
"""


async def add(
    connection: Connection, kind: NoticeKind, event_id: int, admin_ids: list[int], part: NoticePart
) -> None:
    """Add a notice for each admin; one that exists, sent or not, stays as it is."""
    await connection.execute(ADD_NOTICES, kind, event_id, admin_ids, part)


FIND_DUE_ADMINS = """
SELECT DISTINCT admin_id FROM notices
WHERE sent_at IS NULL AND given_up_at IS NULL AND due_at <= clock_timestamp()
"""


async def find_due_admins(connection: Connection) -> list[int]:
    """Return the ids of the admins who have a notice to be sent now."""
    return [row["admin_id"] for row in await connection.fetch(FIND_DUE_ADMINS)]


CLAIM_NOTICE = """
UPDATE notices SET attempts = attempts + 1, due_at = clock_timestamp() + $2::interval
WHERE id = (
    SELECT id FROM notices AS next
    WHERE admin_id = $1 AND sent_at IS NULL AND given_up_at IS NULL AND due_at <= clock_timestamp()
      AND NOT (part = 'file' AND EXISTS (
          SELECT FROM notices AS message
          WHERE message.kind = next.kind AND message.event_id = next.event_id
            AND message.admin_id = $1 AND part = 'message'
            AND sent_at IS NULL AND given_up_at IS NULL))
    ORDER BY array_position($3::text[], kind), id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, event_id, admin_id, part, attempts, refusals,
    clock_timestamp() - created_at AS age
"""


async def claim(connection: Connection, admin_id: int) -> Notice | None:
    """Count an attempt of the admin's most urgent notice and return it; None when none is due.

    It is due again after HOLD, unless it is marked or postponed before.
    """
    row = await connection.fetchrow(CLAIM_NOTICE, admin_id, HOLD, list(NoticeKind))
    if row is None:
        return None
    kind, part = NoticeKind(row["kind"]), NoticePart(row["part"])
    return Notice(**{**dict(row), "kind": kind, "part": part})


POSTPONE_NOTICE = """
UPDATE notices SET due_at = clock_timestamp() + $2::interval, reason = $3,
    attempts = attempts - $4::integer, refusals = refusals + $5::integer
WHERE id = $1
"""


async def postpone(
    connection: Connection,
    notice_id: int,
    wait: timedelta,
    reason: str,
    *,
    attempted: bool,
    refused: bool,
) -> None:
    """Try again after `wait`.

    `attempted` False: nothing was sent, so the attempt does not count. `refused`: it failed for the
    content.
    """
    uncounted = 0 if attempted else 1
    await connection.execute(POSTPONE_NOTICE, notice_id, wait, reason, uncounted, int(refused))


MARK_NOTICE_SENT = "UPDATE notices SET sent_at = now() WHERE id = $1"


async def mark_sent(connection: Connection, notice_id: int) -> None:
    await connection.execute(MARK_NOTICE_SENT, notice_id)


GIVE_UP_NOTICE = "UPDATE notices SET given_up_at = now(), reason = $2 WHERE id = $1"


async def give_up(connection: Connection, notice_id: int, reason: str) -> None:
    """Record that the notice is not tried again."""
    await connection.execute(GIVE_UP_NOTICE, notice_id, reason)


SWEEP_NOTICES = "DELETE FROM notices WHERE coalesce(sent_at, given_up_at) < now() - $1::interval"


async def sweep(connection: Connection) -> None:
    """Delete the notices that were sent or given up more than KEPT ago."""
    await connection.execute(SWEEP_NOTICES, KEPT)
