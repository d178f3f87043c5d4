"""Counts what accounts were granted, by a budget that was read before and without a lock on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.models.caps import Grant

if TYPE_CHECKING:
    from db.pool import Connection

COUNT_UNCHANGED = """
WITH given AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[],
                         $5::integer[], $6::integer[], $7::timestamptz[])
        AS rows (id, version, next_slot_at, next_first_at, messages, firsts, read_at)
), unchanged AS MATERIALIZED (                  -- in the order of ids: others lock several, too
    SELECT account_id, given.* FROM account_caps JOIN given ON account_id = given.id
    WHERE account_id = ANY($1) AND account_caps.xmin::text::bigint = version
      AND (read_at AT TIME ZONE $8)::date = (clock_timestamp() AT TIME ZONE $8)::date
    ORDER BY account_id FOR NO KEY UPDATE OF account_caps
)
UPDATE account_caps SET day = greatest(day, (clock_timestamp() AT TIME ZONE $8)::date),
    next_slot_at = greatest(account_caps.next_slot_at, unchanged.next_slot_at),
    next_first_at = greatest(account_caps.next_first_at, unchanged.next_first_at),
    messages_today = messages, first_today = firsts
FROM unchanged
WHERE account_caps.account_id = ANY($1) AND account_caps.account_id = unchanged.account_id
  AND xmin::text::bigint = version
RETURNING account_caps.account_id
"""


async def count_unchanged(connection: Connection, zone: str, grants: Sequence[Grant]) -> set[int]:
    """Count the messages of these grants, of one account each, at once.

    Return the accounts for which it was done. The row of another one has changed since the budget
    of its grant was read, or its day has ended, and nothing is counted for it.
    """
    left = [grant.left for grant in grants]
    rows = await connection.fetch(
        COUNT_UNCHANGED,
        [one.account_id for one in left],
        [one.version for one in left],
        [one.next_slot_at for one in left],
        [one.next_first_at for one in left],
        [one.messages_today for one in left],
        [one.first_today for one in left],
        [one.now for one in left],
        zone,
    )
    return {row["account_id"] for row in rows}
