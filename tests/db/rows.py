"""Rows for the tests of deliveries: contacts, lists, campaigns, claims."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from db.models.delivery import Claimed, DeliveryStatus, Frozen, Judged, Settled, Verdict
from db.models.template import Entity, Filled
from db.pool import Connection
from db.queries import claims, deliveries, rescues

SECOND = timedelta(seconds=1)
TENTH = timedelta(seconds=0.1)
BOLD = Filled("Hello, Anna", (Entity("bold", 0, 5),))

SEED = """
WITH admin AS (INSERT INTO admins (id, name, role) VALUES (1, 'Anna', 'owner') RETURNING id),
account AS (INSERT INTO accounts (user_id, name) VALUES (500, 'Olga')),
people AS (INSERT INTO persons (kind, peer_id) SELECT 'user', n FROM generate_series(1, 20) AS n),
template AS (INSERT INTO templates (name, text, created_by) SELECT 'T', 'Hi', id FROM admin)
INSERT INTO contacts (key, username, identity_hashes)
SELECT 'username:p' || n, 'p' || n, ARRAY[sha256(('p' || n)::bytea)]
FROM admin, generate_series(1, 20) AS n
"""

LEASE = "UPDATE accounts SET owner = 'main', lease_until = now() + interval '1 hour'"


async def contact_list(connection: Connection, contact_ids: list[int]) -> int:
    """Add a list of these contacts and return its id."""
    list_id: int = await connection.fetchval(
        "INSERT INTO contact_lists (name, basis, attested_by, file_name, file_sha256)"
        " VALUES ('L', 'customer', 1, 'l.csv', '\\x00') RETURNING id"
    )
    await connection.executemany(
        "INSERT INTO contact_list_members VALUES ($1, $2, $3, $4)",
        [
            (list_id, contact, pos, {"name": f"N{contact}"})
            for pos, contact in enumerate(contact_ids)
        ],
    )
    return list_id


async def draft(
    connection: Connection, *lists: list[int], excluded: list[int] | None = None, mode: str = "live"
) -> int:
    """Add a draft with a list for each of `lists` and one that is excluded; return its id."""
    campaign_id: int = await connection.fetchval(
        "INSERT INTO campaigns (name, mode, template_id, created_by)"
        " VALUES ('C', $1, (SELECT id FROM templates), 1) RETURNING id",
        mode,
    )
    for contacts, minus in [*((one, False) for one in lists), (excluded or [], True)]:
        if contacts:
            list_id = await contact_list(connection, contacts)
            await connection.execute(
                "INSERT INTO campaign_contact_lists VALUES ($1, $2, $3)",
                campaign_id,
                list_id,
                minus,
            )
    return campaign_id


async def claimed(connection: Connection, campaign_id: int, limit: int = 3) -> list[Claimed]:
    """Claim fresh rows, ten a second, as a slice does: settle those to skip, return the others."""
    claim = await claims.claim_fresh(connection, campaign_id, limit, TENTH, process="main")
    if claim is None:
        return []
    if claim.to_skip:
        ends = [
            Settled(r.id, r.token, DeliveryStatus.SKIPPED, reason=r.skip_reason)
            for r in claim.to_skip
        ]
        await deliveries.settle(connection, ends)
    return claim.rows


def frozen(row: Claimed, person: int | None = None) -> Frozen:
    """Return what account 1 freezes for `row`; the person has one number in rows and at Telegram.

    Without `person` it is the number of the contact.
    """
    person = person or row.contact_id
    return Frozen(row.id, row.token, 1, person, person, row.contact_id + 100, BOLD)


def verdicts(judged: dict[int, Judged]) -> dict[int, Verdict]:
    """Return the verdict on each delivery, by its id."""
    return {row_id: one.verdict for row_id, one in judged.items()}


async def give_up(connection: Connection) -> None:
    """Settle the deliveries that cannot be attempted again, as the rescuer does."""
    async with connection.transaction():
        if unresolvable := await rescues.find_unresolvable(connection, 100):
            await deliveries.settle(connection, unresolvable)


async def statuses(connection: Connection, campaign_id: int) -> list[str]:
    """Return the statuses of the campaign's deliveries in order."""
    rows = await connection.fetch(
        "SELECT status FROM deliveries WHERE campaign_id = $1 ORDER BY pos", campaign_id
    )
    return [row["status"] for row in rows]


async def until_blocked(connection: Connection, by: Connection) -> None:
    """Return once `connection` waits for a lock that `by` holds."""
    waits = f"SELECT {by.get_server_pid()} = ANY(pg_blocking_pids({connection.get_server_pid()}))"
    async with asyncio.timeout(20):
        while True:
            if await by.fetchval(waits):
                return
            await asyncio.sleep(0.01)
