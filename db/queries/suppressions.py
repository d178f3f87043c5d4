"""Rows of suppressions: identities that no campaign writes to.

They are stored as hashes (db.models.contact.identity_hash), which remain when a contact is
deleted. A suppression is final, or has the reason UNCLEAR_REPLY until an admin decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from db.models.suppression import SuppressionReason

if TYPE_CHECKING:
    from db.pool import Connection

GET_SUPPRESSION_KEY = "SELECT suppression_key FROM installation"


async def get_suppression_key(connection: Connection) -> bytes:
    """Return this installation's key of identity hashes (32 bytes)."""
    key: bytes = await connection.fetchval(GET_SUPPRESSION_KEY)
    return key


FIND_SUPPRESSED = "SELECT identity_hash FROM suppressions WHERE identity_hash = ANY($1)"


async def find_suppressed(connection: Connection, identity_hashes: list[bytes]) -> set[bytes]:
    """Return those of the hashes that are suppressed, for any reason."""
    rows = await connection.fetch(FIND_SUPPRESSED, identity_hashes)
    return {row["identity_hash"] for row in rows}


FIND_FINAL = """
SELECT identity_hash FROM suppressions WHERE identity_hash = ANY($1) AND reason <> 'unclear_reply'
"""


async def find_final(connection: Connection, identity_hashes: Iterable[bytes]) -> set[bytes]:
    """Return those of the hashes that are suppressed finally."""
    rows = await connection.fetch(FIND_FINAL, list(identity_hashes))
    return {row["identity_hash"] for row in rows}


IS_SUPPRESSED = """
SELECT EXISTS (SELECT FROM suppressions WHERE identity_hash = ANY($1) AND reason <> 'unclear_reply')
"""


async def is_suppressed(connection: Connection, identity_hashes: Iterable[bytes]) -> bool:
    """Return whether one of the hashes is suppressed finally."""
    suppressed: bool = await connection.fetchval(IS_SUPPRESSED, list(identity_hashes))
    return suppressed


ADD_SUPPRESSIONS = """
INSERT INTO suppressions (identity_hash, reason, campaign_id, admin_id)
SELECT hash, $2, $3::bigint, $4::bigint FROM unnest($1::bytea[]) AS hash
GROUP BY hash ORDER BY hash                     -- in one order, so that no two wait for each other
ON CONFLICT (identity_hash) DO UPDATE SET
    reason = excluded.reason, campaign_id = excluded.campaign_id, admin_id = excluded.admin_id,
    created_at = now()
WHERE suppressions.reason = 'unclear_reply' AND excluded.reason <> 'unclear_reply'
RETURNING identity_hash
"""


async def add(
    connection: Connection,
    identity_hashes: Iterable[bytes],
    reason: SuppressionReason,
    *,
    campaign_id: int | None = None,
    admin_id: int | None = None,
) -> int:
    """Suppress these identities; return how many rows were added or replaced.

    An existing suppression stands, except that a final one replaces UNCLEAR_REPLY.
    """
    rows = await connection.fetch(
        ADD_SUPPRESSIONS, list(identity_hashes), reason, campaign_id, admin_id
    )
    return len(rows)


COUNT_SUPPRESSIONS = "SELECT count(*) FROM suppressions WHERE reason <> 'unclear_reply'"


async def count(connection: Connection) -> int:
    """Return how many identities are suppressed finally; a person may have several."""
    n: int = await connection.fetchval(COUNT_SUPPRESSIONS)
    return n


DELETE_UNCLEAR = """
DELETE FROM suppressions WHERE identity_hash = ANY($1) AND reason = 'unclear_reply'
"""


async def delete_unclear(connection: Connection, identity_hashes: Iterable[bytes]) -> None:
    """Delete suppressions with the reason UNCLEAR_REPLY; all others stand."""
    await connection.execute(DELETE_UNCLEAR, list(identity_hashes))
