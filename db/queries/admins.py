"""Rows of admins: the people who may use the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.admin import Admin, Role

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

FIND_ADMIN = "SELECT * FROM admins WHERE id = $1 AND disabled_at IS NULL"


async def find(connection: Connection, admin_id: int) -> Admin | None:
    """Return the admin; None when there is none of this id, or they are disabled."""
    row = await connection.fetchrow(FIND_ADMIN, admin_id)
    return None if row is None else _admin(row)


PAGE_ADMINS = "SELECT * FROM admins WHERE disabled_at IS NULL ORDER BY created_at, id"


async def page(connection: Connection) -> list[Admin]:
    """Return all admins who are not disabled, oldest first."""
    return [_admin(row) for row in await connection.fetch(PAGE_ADMINS)]


ADD_ADMIN = """
WITH added AS (
    INSERT INTO admins (id, name, role) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, role
)
INSERT INTO audit (admin_id, act, noun, noun_id, details)
SELECT id, 'join', 'admin', id, jsonb_build_object('role', role) FROM added
"""


async def add(connection: Connection, admin_id: int, name: str, role: Role) -> None:
    """Add an admin and the audit row of it; an id that is known, even disabled, is unchanged."""
    await connection.execute(ADD_ADMIN, admin_id, name, role)


SET_LANGUAGE = "UPDATE admins SET language = $2 WHERE id = $1 RETURNING *"


async def set_language(connection: Connection, admin_id: int, language: str) -> Admin:
    """Set the language ("en" or "ru") of an existing admin and return them."""
    row = await connection.fetchrow(SET_LANGUAGE, admin_id, language)
    assert row is not None
    return _admin(row)


SET_ZONE = "UPDATE admins SET zone = $2 WHERE id = $1 RETURNING *"


async def set_zone(connection: Connection, admin_id: int, zone: str) -> Admin:
    """Set the time zone (an IANA name) of an existing admin and return them."""
    row = await connection.fetchrow(SET_ZONE, admin_id, zone)
    assert row is not None
    return _admin(row)


def _admin(row: asyncpg.Record) -> Admin:
    return Admin(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        language=row["language"],
        zone=row["zone"],
    )
