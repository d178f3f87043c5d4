"""Rows of admins: the people who command the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.admin import Admin, Role

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

FIND_ADMIN = "SELECT * FROM admins WHERE id = $1 AND disabled_at IS NULL"


async def find(connection: Connection, admin_id: int) -> Admin | None:
    """The admin as of now; None when unknown or disabled."""
    row = await connection.fetchrow(FIND_ADMIN, admin_id)
    return None if row is None else _admin(row)


PAGE_ADMINS = "SELECT * FROM admins WHERE disabled_at IS NULL ORDER BY created_at, id"


async def page(connection: Connection) -> list[Admin]:
    """Everybody who commands the bot, the longest-standing first."""
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
    """A new admin with the audit row; a known one stays as they are."""
    await connection.execute(ADD_ADMIN, admin_id, name, role)


SET_LANGUAGE = "UPDATE admins SET language = $2 WHERE id = $1 RETURNING *"


async def set_language(connection: Connection, admin_id: int, language: str) -> Admin:
    row = await connection.fetchrow(SET_LANGUAGE, admin_id, language)
    assert row is not None
    return _admin(row)


SET_ZONE = "UPDATE admins SET zone = $2 WHERE id = $1 RETURNING *"


async def set_zone(connection: Connection, admin_id: int, zone: str) -> Admin:
    """`zone` is an IANA name."""
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
