"""The one row of installation: its id, its keys and its closing line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.installation import Installation

if TYPE_CHECKING:
    from db.pool import Connection

GET_INSTALLATION = "SELECT id, random_id_key, suppression_key FROM installation"


async def get(connection: Connection) -> Installation:
    """Return this installation; every migrated database has it."""
    row = await connection.fetchrow(GET_INSTALLATION)
    assert row is not None
    return Installation(**dict(row))


FIND_OPT_OUT_LINE = "SELECT opt_out_line FROM installation"


async def find_opt_out_line(connection: Connection) -> str | None:
    """Return this installation's own closing line; None: the built-in one is used."""
    line: str | None = await connection.fetchval(FIND_OPT_OUT_LINE)
    return line


SET_OPT_OUT_LINE = "UPDATE installation SET opt_out_line = $1"


async def set_opt_out_line(connection: Connection, line: str | None) -> None:
    """Set the closing line, which must pass `opt_out.is_closing_line`; None: the built-in one."""
    await connection.execute(SET_OPT_OUT_LINE, line)
