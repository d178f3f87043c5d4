"""Deliveries that may have arrived, and rows of unknown_decisions: what admins decided about them.

The question about a delivery is open while its status is unknown and its generation has no
decision. A transaction that decides locks the campaign's row first (campaigns.lock), so decisions
about one campaign come one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from db.models.errors import NotFound
from db.models.unknown import Decided, Decision, OpenUnknowns, Unknown

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

SUMMARISE_OPEN = """
SELECT count(*) AS count, max(settled_at) AS latest_at FROM deliveries
WHERE campaign_id = $1 AND status = 'unknown' AND NOT EXISTS (
    SELECT FROM unknown_decisions AS past
    WHERE past.delivery_id = deliveries.id AND past.generation = deliveries.generation)
"""


async def summarise_open(connection: Connection, campaign_id: int) -> OpenUnknowns:
    """Count the open questions of the campaign."""
    row = await connection.fetchrow(SUMMARISE_OPEN, campaign_id)
    assert row is not None
    return OpenUnknowns(**dict(row))


PAGE_OPEN = """
SELECT deliveries.id AS delivery_id, campaign_id, generation, contacts.user_id, contacts.phone,
    contacts.username, first_attempt_at AS asked_at, settled_at, accounts.name AS account,
    coalesce(reason, '') AS reason, (
        SELECT nullif(btrim(fields ->> 'name'), '') FROM contact_list_members AS members
        WHERE members.contact_list_id = deliveries.contact_list_id
          AND members.contact_id = deliveries.contact_id) AS name,
    NULL AS decision, NULL AS decided_by, NULL::timestamptz AS decided_at
FROM deliveries JOIN contacts ON contacts.id = contact_id
LEFT JOIN accounts ON accounts.id = account_id
WHERE campaign_id = $1 AND deliveries.status = 'unknown' AND NOT EXISTS (
    SELECT FROM unknown_decisions AS past
    WHERE past.delivery_id = deliveries.id AND past.generation = deliveries.generation)
ORDER BY settled_at DESC, deliveries.id DESC LIMIT $2 OFFSET $3
"""


async def page_open(
    connection: Connection, campaign_id: int, *, limit: int, offset: int
) -> list[Unknown]:
    """Return the open questions of the campaign, the latest first."""
    rows = await connection.fetch(PAGE_OPEN, campaign_id, limit, offset)
    return [_unknown(row) for row in rows]


GET_UNKNOWN = """
SELECT deliveries.id AS delivery_id, campaign_id, $2::smallint AS generation, contacts.user_id,
    contacts.phone, contacts.username, first_attempt_at AS asked_at,
    coalesce(settled_at, past.decided_at, now()) AS settled_at, accounts.name AS account,
    coalesce(reason, '') AS reason, (
        SELECT nullif(btrim(fields ->> 'name'), '') FROM contact_list_members AS members
        WHERE members.contact_list_id = deliveries.contact_list_id
          AND members.contact_id = deliveries.contact_id) AS name,
    past.decision, admins.name AS decided_by, past.decided_at
FROM deliveries JOIN contacts ON contacts.id = contact_id
LEFT JOIN accounts ON accounts.id = account_id
LEFT JOIN unknown_decisions AS past
    ON past.delivery_id = deliveries.id AND past.generation = $2
LEFT JOIN admins ON admins.id = past.decided_by
WHERE deliveries.id = $1
  AND (past.decision IS NOT NULL
       OR deliveries.status = 'unknown' AND deliveries.generation = $2)
"""


async def get(connection: Connection, delivery_id: int, generation: int) -> Unknown:
    """Return the delivery with its decision; NotFound when it was never unknown so."""
    if (row := await connection.fetchrow(GET_UNKNOWN, delivery_id, generation)) is None:
        raise NotFound("unknown", delivery_id)
    return _unknown(row)


FIND_OPEN = """
SELECT id FROM deliveries
WHERE campaign_id = $1 AND status = 'unknown' AND settled_at <= $2 AND NOT EXISTS (
    SELECT FROM unknown_decisions AS past
    WHERE past.delivery_id = deliveries.id AND past.generation = deliveries.generation)
ORDER BY settled_at, id LIMIT $3
"""


async def find_open(
    connection: Connection, campaign_id: int, until: datetime, limit: int
) -> list[int]:
    """Return up to `limit` open deliveries that were unknown at `until`, the oldest first."""
    return [row["id"] for row in await connection.fetch(FIND_OPEN, campaign_id, until, limit)]


ADD_DECISIONS = """
INSERT INTO unknown_decisions (delivery_id, generation, decision, decided_by)
SELECT id, generation, $2, $3 FROM deliveries
WHERE id = ANY($1) AND status = 'unknown' AND generation = coalesce($4, generation)
ON CONFLICT DO NOTHING RETURNING delivery_id
"""


async def decide(
    connection: Connection,
    delivery_ids: Sequence[int],
    decision: Decision,
    admin_id: int,
    *,
    generation: int | None = None,
) -> list[int]:
    """Record the decision about those of these deliveries that are open; return their ids.

    `generation`: only deliveries in this one. The caller carries the decision out in the same
    transaction.
    """
    rows = await connection.fetch(ADD_DECISIONS, delivery_ids, decision, admin_id, generation)
    return [row["delivery_id"] for row in rows]


FIND_GONE_ACCOUNTS = "SELECT id FROM accounts WHERE lost_at IS NOT NULL OR disabled_at IS NOT NULL"


async def find_gone_accounts(connection: Connection) -> list[int]:
    """Return the accounts that cannot send any more: lost or disabled."""
    return [row["id"] for row in await connection.fetch(FIND_GONE_ACCOUNTS)]


REOPEN_UNKNOWN = """
WITH reopened AS (
    UPDATE deliveries SET
        status = 'pending', generation = generation + 1, random_id = NULL, due_at = now(),
        first_attempt_at = NULL, settled_at = NULL, reason = NULL, attempts = 0, retries = 0,
        account_id = CASE WHEN account_id = ANY($2) THEN NULL ELSE account_id END,
        peer_id = CASE WHEN account_id = ANY($2) THEN NULL ELSE peer_id END
    WHERE id = ANY($1) AND status = 'unknown'
    RETURNING campaign_id
)
UPDATE campaigns SET unknown = unknown - more.n
FROM (SELECT campaign_id, count(*) AS n FROM reopened GROUP BY 1) AS more
WHERE campaigns.id = more.campaign_id
"""


async def reopen(
    connection: Connection, delivery_ids: Sequence[int], gone_accounts: Sequence[int]
) -> None:
    """Make unknown deliveries pending again, due now, each in its next generation.

    They get another random_id and keep their frozen content. They keep their account unless it is
    one of `gone_accounts`.
    """
    await connection.execute(REOPEN_UNKNOWN, delivery_ids, gone_accounts)


def _unknown(row: asyncpg.Record) -> Unknown:
    values = dict(row)
    decision, by, at = (values.pop(name) for name in ("decision", "decided_by", "decided_at"))
    return Unknown(
        **values, decided=None if decision is None else Decided(Decision(decision), by, at)
    )
