"""Rows of entities and update_states, and the sealed keys themselves: what makes a session.

A process that has lost the account to another may not write over what that one has learnt: with a
`fence`, nothing is written once the account's fencing token is another.
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
    """Everybody whom this account has met."""
    return [Entity(**dict(row)) for row in await connection.fetch(FIND_ENTITIES, account_id)]


KEEP_ENTITIES = """
INSERT INTO entities (account_id, entity_id, access_hash, username, phone)
SELECT $1, * FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[])
WHERE $2::bigint IS NULL OR EXISTS (SELECT FROM accounts WHERE id = $1 AND fencing_token = $2)
ON CONFLICT (account_id, entity_id) DO UPDATE SET
    access_hash = excluded.access_hash, username = excluded.username,
    phone = coalesce(excluded.phone, entities.phone)
"""


async def keep_entities(
    connection: Connection, account_id: int, entities: Sequence[Entity], *, fence: int | None = None
) -> None:
    """Remember these; what was known of them is replaced, but for a phone that is hidden now."""
    await connection.execute(
        KEEP_ENTITIES,
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
    """Up to where this account has heard; empty when it was never connected."""
    rows = await connection.fetch(FIND_UPDATE_STATES, account_id)
    return [UpdateState(**dict(row)) for row in rows]


KEEP_UPDATE_STATES = """
INSERT INTO update_states (account_id, entity_id, pts, qts, date, seq)
SELECT $1, * FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::bigint[])
WHERE $2::bigint IS NULL OR EXISTS (SELECT FROM accounts WHERE id = $1 AND fencing_token = $2)
ON CONFLICT (account_id, entity_id) DO UPDATE SET
    pts = excluded.pts, qts = excluded.qts, date = excluded.date, seq = excluded.seq
WHERE $2 IS NOT NULL
"""


async def keep_update_states(
    connection: Connection,
    account_id: int,
    states: Sequence[UpdateState],
    *,
    fence: int | None = None,
) -> None:
    """Remember up to where was heard. Without a `fence` – a sign-in – what was known stays: what
    happened since then is still to be told."""
    await connection.execute(
        KEEP_UPDATE_STATES,
        account_id,
        fence,
        [state.entity_id for state in states],
        [state.pts for state in states],
        [state.qts for state in states],
        [state.date for state in states],
        [state.seq for state in states],
    )


PAGE_SEALED = """
SELECT user_id, name, session_sealed, lost_at IS NULL AND disabled_at IS NULL AS in_use
FROM accounts WHERE session_sealed IS NOT NULL ORDER BY id FOR UPDATE
"""


async def page_sealed(connection: Connection) -> list[tuple[int, str, bytes, bool]]:
    """(user id, name, sealed session, whether it may send) of every account; held until commit."""
    return [
        (row["user_id"], row["name"], row["session_sealed"], row["in_use"])
        for row in await connection.fetch(PAGE_SEALED)
    ]


RESEAL_SESSION = "UPDATE accounts SET session_sealed = $2 WHERE user_id = $1"


async def reseal(connection: Connection, user_id: int, sealed: bytes) -> None:
    """The same session under another key."""
    await connection.execute(RESEAL_SESSION, user_id, sealed)
