"""Leases of accounts: which process may connect one, on the database's clock.

Each taking counts the account's fencing token up, and what the former owner had in flight gets
new claim tokens in the same statement: whatever it still does then changes no row. An account is
taken when nobody has it, when its lease has been over for a while, or from a dead process of our
own name. No process takes more than its share of the accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

TAKE_LEASE = """
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


async def take(
    connection: Connection,
    account_id: int,
    owner: str,
    lasts: timedelta,
    grace: timedelta,
    *,
    at_once: bool,
) -> int | None:
    """The fencing token of the lease, when it could be taken; it `lasts` from now.

    A lease that ran out is left alone for `grace`. `at_once`: one of our own name is a dead
    predecessor's, and is taken without waiting.
    """
    fence: int | None = await connection.fetchval(
        TAKE_LEASE, account_id, owner, lasts, grace, at_once
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
    """Say that `owner` is alive and renew what it holds ({account: fencing token}).

    Returns the accounts that are still its own.
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
    """How many accounts `owner` holds above its share: others have come who may have them."""
    surplus: int = await connection.fetchval(COUNT_SURPLUS, owner)
    return surplus


RELEASE_LEASES = """
UPDATE accounts SET owner = NULL, lease_until = NULL
FROM unnest($2::bigint[], $3::bigint[]) AS held (id, fence)
WHERE accounts.id = held.id AND owner = $1 AND fencing_token = fence
"""


async def release(connection: Connection, owner: str, fences: Mapping[int, int]) -> None:
    """Give these back: anybody may take them at once."""
    await connection.execute(RELEASE_LEASES, owner, list(fences.keys()), list(fences.values()))


FORGET_PROCESS = "DELETE FROM processes WHERE name = $1"


async def forget_process(connection: Connection, name: str) -> None:
    """It ends cleanly: its share is the others' now."""
    await connection.execute(FORGET_PROCESS, name)


PAGE_ALIVE = "SELECT name FROM processes WHERE alive_until > clock_timestamp() ORDER BY name"


async def page_alive(connection: Connection) -> list[str]:
    """The names of the processes that run now, or did a minute ago and ended badly."""
    return [row["name"] for row in await connection.fetch(PAGE_ALIVE)]
