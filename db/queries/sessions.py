"""Rows of entities and update_states, and the sealed sessions of accounts.

`fence` is the account's fencing token (db.queries.leases). A write with a `fence` that is no
longer the account's changes nothing, so a process that has lost the account cannot overwrite what
its successor has stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.models.session import Entity, UpdateState

if TYPE_CHECKING:
    from db.pool import Connection

FIND_ENTITIES = """
SELECT entity_id, access_hash, username, phone FROM entities WHERE account_id = $1
"""


async def find_entities(connection: Connection, account_id: int) -> list[Entity]:
    """Return all entities that this account has met."""
    return [Entity(**dict(row)) for row in await connection.fetch(FIND_ENTITIES, account_id)]


SAVE_ENTITIES = """
INSERT INTO entities (account_id, entity_id, access_hash, username, phone)
SELECT $1, * FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[])
WHERE $2::bigint IS NULL OR EXISTS (SELECT FROM accounts WHERE id = $1 AND fencing_token = $2)
ON CONFLICT (account_id, entity_id) DO UPDATE SET
    access_hash = excluded.access_hash, username = excluded.username,
    phone = coalesce(excluded.phone, entities.phone)
"""


async def save_entities(
    connection: Connection, account_id: int, entities: Sequence[Entity], *, fence: int | None = None
) -> None:
    """Add or replace entities; a known phone stays when the new one is None (hidden)."""
    await connection.execute(
        SAVE_ENTITIES,
        account_id,
        fence,
        [entity.entity_id for entity in entities],
        [entity.access_hash for entity in entities],
        [entity.username for entity in entities],
        [entity.phone for entity in entities],
    )


FIND_UPDATE_STATES = """
SELECT entity_id, pts, qts, date, seq FROM update_states WHERE account_id = $1
"""


async def find_update_states(connection: Connection, account_id: int) -> list[UpdateState]:
    """Return up to where this account has received updates; empty before its first connection."""
    rows = await connection.fetch(FIND_UPDATE_STATES, account_id)
    return [UpdateState(**dict(row)) for row in rows]


SAVE_UPDATE_STATES = """
INSERT INTO update_states (account_id, entity_id, pts, qts, date, seq)
SELECT $1, * FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::bigint[])
WHERE $2::bigint IS NULL OR EXISTS (SELECT FROM accounts WHERE id = $1 AND fencing_token = $2)
ON CONFLICT (account_id, entity_id) DO UPDATE SET
    pts = excluded.pts, qts = excluded.qts, date = excluded.date, seq = excluded.seq
WHERE $2 IS NOT NULL
"""


async def save_update_states(
    connection: Connection,
    account_id: int,
    states: Sequence[UpdateState],
    *,
    fence: int | None = None,
) -> None:
    """Add or replace up to where updates were received.

    Without a `fence` (at a sign-in) known states stay, so that the updates since then are fetched.
    """
    await connection.execute(
        SAVE_UPDATE_STATES,
        account_id,
        fence,
        [state.entity_id for state in states],
        [state.pts for state in states],
        [state.qts for state in states],
        [state.date for state in states],
        [state.seq for state in states],
    )


REPLACE_SESSION = """
UPDATE accounts SET session_sealed = $4 WHERE id = $1 AND sign_in = $2 AND fencing_token = $3
"""


async def replace(
    connection: Connection, account_id: int, sign_in: int, fence: int, sealed: bytes
) -> None:
    """Replace the sealed session of this sign-in: its account has moved, and its key is another."""
    await connection.execute(REPLACE_SESSION, account_id, sign_in, fence, sealed)


PAGE_SEALED = """
SELECT user_id, name, session_sealed, lost_at IS NULL AND disabled_at IS NULL AS in_use
FROM accounts WHERE session_sealed IS NOT NULL ORDER BY id FOR UPDATE
"""


async def page_sealed(connection: Connection) -> list[tuple[int, str, bytes, bool]]:
    """Lock and return (user id, name, sealed session, in use) of every account with a session.

    `in_use`: neither lost nor disabled. The lock lasts until the caller's transaction ends.
    """
    return [
        (row["user_id"], row["name"], row["session_sealed"], row["in_use"])
        for row in await connection.fetch(PAGE_SEALED)
    ]


RESEAL_SESSION = "UPDATE accounts SET session_sealed = $2 WHERE user_id = $1"


async def reseal(connection: Connection, user_id: int, sealed: bytes) -> None:
    """Replace the sealed session by the same one under another key.

    The caller has locked it with `page_sealed`.
    """
    await connection.execute(RESEAL_SESSION, user_id, sealed)
