"""Rows of suppressions: who gets nothing more, kept as hashes that outlive the contact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from db.models.suppression import SuppressionReason

if TYPE_CHECKING:
    from db.pool import Connection

GET_SUPPRESSION_KEY = "SELECT suppression_key FROM installation"


async def get_suppression_key(connection: Connection) -> bytes:
    """This installation's key for identity hashes (32 bytes)."""
    key: bytes = await connection.fetchval(GET_SUPPRESSION_KEY)
    return key


FIND_SUPPRESSED = "SELECT identity_hash FROM suppressions WHERE identity_hash = ANY($1)"


async def find_suppressed(connection: Connection, identity_hashes: list[bytes]) -> set[bytes]:
    """Those of the hashes that are barred."""
    rows = await connection.fetch(FIND_SUPPRESSED, identity_hashes)
    return {row["identity_hash"] for row in rows}


IS_BARRED = """
SELECT EXISTS (SELECT FROM suppressions WHERE identity_hash = ANY($1) AND reason <> 'asked')
"""


async def is_barred(connection: Connection, identity_hashes: Iterable[bytes]) -> bool:
    """Whether one of these is barred for good, and not only until an admin has decided."""
    barred: bool = await connection.fetchval(IS_BARRED, list(identity_hashes))
    return barred


ADD_SUPPRESSIONS = """
INSERT INTO suppressions (identity_hash, reason, campaign_id, admin_id)
SELECT DISTINCT hash, $2, $3::bigint, $4::bigint FROM unnest($1::bytea[]) AS hash
ON CONFLICT (identity_hash) DO UPDATE SET
    reason = excluded.reason, campaign_id = excluded.campaign_id, admin_id = excluded.admin_id,
    created_at = now()
WHERE suppressions.reason = 'asked' AND excluded.reason <> 'asked'
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
    """Bar these identities; how many were not barred for good before.

    The first reason stays, but for 'asked', which every other replaces.
    """
    rows = await connection.fetch(
        ADD_SUPPRESSIONS, list(identity_hashes), reason, campaign_id, admin_id
    )
    return len(rows)


COUNT_SUPPRESSIONS = "SELECT count(*) FROM suppressions WHERE reason <> 'asked'"


async def count(connection: Connection) -> int:
    """How many identities are barred for good; one person may have several."""
    n: int = await connection.fetchval(COUNT_SUPPRESSIONS)
    return n


FIND_OTHER_NAMES = """
SELECT DISTINCT unnest(identity_hashes) AS identity_hash FROM contacts WHERE identity_hashes && $1
"""


async def find_other_names(connection: Connection, identity_hashes: list[bytes]) -> set[bytes]:
    """Every identity of the contacts that have one of these: a person is barred whole."""
    rows = await connection.fetch(FIND_OTHER_NAMES, identity_hashes)
    return {row["identity_hash"] for row in rows}


FIND_NAMES_OF_PERSON = """
SELECT DISTINCT unnest(identity_hashes) AS identity_hash FROM contacts WHERE user_id = $1
"""


async def find_names_of_person(connection: Connection, user_id: int) -> set[bytes]:
    """Every identity of all contacts that are known to be this person."""
    rows = await connection.fetch(FIND_NAMES_OF_PERSON, user_id)
    return {row["identity_hash"] for row in rows}


LIFT_ASKED = "DELETE FROM suppressions WHERE identity_hash = ANY($1) AND reason = 'asked'"


async def lift_asked(connection: Connection, identity_hashes: Iterable[bytes]) -> None:
    """An admin has decided that the person may be written to; every other bar stays."""
    await connection.execute(LIFT_ASKED, list(identity_hashes))
