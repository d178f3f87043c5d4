"""Leases of accounts: which process may connect an account, by the database's clock.

Acquiring a lease increments the account's fencing token. The same statement gives new claim tokens
to the deliveries that the former owner has in flight, so a late write of it changes no row. A lease
may be acquired when the account has none, when it expired at least `grace` ago, or when a dead
process of the same name left it. No process acquires more than its share of the accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

ACQUIRE_LEASE = """
WITH taken AS (
    UPDATE accounts SET owner = $2, fencing_token = fencing_token + 1,
        lease_until = clock_timestamp() + $3::interval
    WHERE id = $1
      AND (owner IS NULL OR owner = $2 AND $5
           OR lease_until < clock_timestamp() - $4::interval)
      AND (SELECT count(*) FROM accounts WHERE owner = $2 AND id <> $1
           AND lease_until > clock_timestamp() AND lost_at IS NULL AND disabled_at IS NULL)
        < (SELECT ceil(count(*)::numeric / greatest(1, (
               SELECT count(*) FROM processes WHERE alive_until > clock_timestamp())))
           FROM accounts WHERE lost_at IS NULL AND disabled_at IS NULL)
    RETURNING id, fencing_token
), orphaned AS (
    UPDATE deliveries SET claimed_until = clock_timestamp(), claim_token = nextval('claim_tokens')
    WHERE status = 'sending' AND account_id IN (SELECT id FROM taken)
)
SELECT fencing_token FROM taken
"""


async def acquire(
    connection: Connection,
    account_id: int,
    owner: str,
    lasts: timedelta,
    grace: timedelta,
    *,
    at_once: bool,
) -> int | None:
    """Acquire the lease for `lasts` from now; return its fencing token, or None when it is refused.

    An expired lease of another process is refused until `grace` has passed. `at_once`: a lease of
    the name `owner` is a dead predecessor's and is acquired although it has not expired.
    """
    fence: int | None = await connection.fetchval(
        ACQUIRE_LEASE, account_id, owner, lasts, grace, at_once
    )
    return fence


RENEW_LEASES = """
WITH alive AS (
    INSERT INTO processes (name, alive_until) VALUES ($1, clock_timestamp() + $2::interval)
    ON CONFLICT (name) DO UPDATE SET alive_until = excluded.alive_until
)
UPDATE accounts SET lease_until = clock_timestamp() + $2::interval
FROM unnest($3::bigint[], $4::bigint[]) AS held (id, fence)
WHERE accounts.id = held.id AND owner = $1 AND fencing_token = fence
RETURNING accounts.id
"""


async def renew(
    connection: Connection, owner: str, lasts: timedelta, fences: Mapping[int, int]
) -> set[int]:
    """Record that `owner` is alive and renew its leases ({account id: fencing token}).

    Both last for `lasts` from now. Return the ids of the accounts whose lease is still its own.
    """
    rows = await connection.fetch(
        RENEW_LEASES, owner, lasts, list(fences.keys()), list(fences.values())
    )
    return {row["id"] for row in rows}


COUNT_SURPLUS = """
SELECT greatest(0, count(*) FILTER (WHERE owner = $1) - ceil(count(*)::numeric / greatest(1, (
    SELECT count(*) FROM processes WHERE alive_until > clock_timestamp()))))::integer
FROM accounts WHERE lost_at IS NULL AND disabled_at IS NULL
"""


async def count_surplus(connection: Connection, owner: str) -> int:
    """Return how many accounts `owner` holds above its share; other processes may have those."""
    surplus: int = await connection.fetchval(COUNT_SURPLUS, owner)
    return surplus


RELEASE_LEASES = """
UPDATE accounts SET owner = NULL, lease_until = NULL
FROM unnest($2::bigint[], $3::bigint[]) AS held (id, fence)
WHERE accounts.id = held.id AND owner = $1 AND fencing_token = fence
"""


async def release(connection: Connection, owner: str, fences: Mapping[int, int]) -> None:
    """Release these leases ({account id: fencing token}); they may be acquired at once."""
    await connection.execute(RELEASE_LEASES, owner, list(fences.keys()), list(fences.values()))


DELETE_PROCESS = "DELETE FROM processes WHERE name = $1"


async def delete_process(connection: Connection, name: str) -> None:
    """Delete a process that ends cleanly; the others divide its share from now on."""
    await connection.execute(DELETE_PROCESS, name)


PAGE_ALIVE = "SELECT name FROM processes WHERE alive_until > clock_timestamp() ORDER BY name"


async def page_alive(connection: Connection) -> list[str]:
    """Return the names of the processes that are alive.

    A process that was killed is among them until the time of its last renewal has passed.
    """
    return [row["name"] for row in await connection.fetch(PAGE_ALIVE)]
