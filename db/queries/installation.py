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


FIND_OPT_OUT_LINE = "SELECT opt_out_line FROM installation"


async def find_opt_out_line(connection: Connection) -> str | None:
    """This installation's own wording of the closing line; None: the words that come with us."""
    line: str | None = await connection.fetchval(FIND_OPT_OUT_LINE)
    return line


SET_OPT_OUT_LINE = "UPDATE installation SET opt_out_line = $1"


async def set_opt_out_line(connection: Connection, line: str | None) -> None:
    """`line` fits `opt_out.is_line`; None brings our own words back."""
    await connection.execute(SET_OPT_OUT_LINE, line)
