"""Which accounts talk with a contact, and which know how to address it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

FIND_ACQUAINTANCES = """
SELECT contact_id, account_id, talked_at IS NOT NULL AS talking FROM peers
WHERE account_id = ANY($1) AND contact_id = ANY($2)
UNION ALL
SELECT contacts.id, account_id, false FROM contacts JOIN entities ON entity_id = user_id
WHERE account_id = ANY($1) AND contacts.id = ANY($2)
"""


async def find(
    connection: Connection, account_ids: Sequence[int], contact_ids: Sequence[int]
) -> list[tuple[int, int, bool]]:
    """(contact id, account id, whether they talk) of all who know each other; perhaps twice."""
    rows = await connection.fetch(FIND_ACQUAINTANCES, account_ids, contact_ids)
    return [(row["contact_id"], row["account_id"], row["talking"]) for row in rows]
