"""The one row that makes this installation itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.installation import Installation

if TYPE_CHECKING:
    from db.pool import Connection

GET_INSTALLATION = "SELECT id, random_id_key, suppression_key FROM installation"


async def get(connection: Connection) -> Installation:
    """This installation; every migrated database has one."""
    row = await connection.fetchrow(GET_INSTALLATION)
    assert row is not None
    return Installation(**dict(row))
