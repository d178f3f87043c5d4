"""The contents of deliveries: fields that fill the template, or the text frozen before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.models.template import Entity, Filled

if TYPE_CHECKING:
    from db.pool import Connection

FIND_FIELDS = """
SELECT deliveries.id, fields
FROM deliveries JOIN contact_list_members USING (contact_list_id, contact_id)
WHERE deliveries.id = ANY($1)
"""


async def find_fields(
    connection: Connection, delivery_ids: Sequence[int]
) -> dict[int, dict[str, str]]:
    """Return the fields of each contact in its list, by delivery id.

    A delivery whose contact is no longer in the list is missing.
    """
    rows = await connection.fetch(FIND_FIELDS, delivery_ids)
    return {row["id"]: row["fields"] for row in rows}


FIND_FROZEN = (
    "SELECT delivery_id, text, entities FROM delivery_contents WHERE delivery_id = ANY($1)"
)


async def find_frozen(connection: Connection, delivery_ids: Sequence[int]) -> dict[int, Filled]:
    """Return what an earlier attempt froze, by delivery id; the next attempt must send the same."""
    rows = await connection.fetch(FIND_FROZEN, delivery_ids)
    return {
        row["delivery_id"]: Filled(row["text"], tuple(map(Entity.from_json, row["entities"])))
        for row in rows
    }
