"""The admins: recognising them, and their language and time zone."""

from __future__ import annotations

from db.models.admin import Admin, Role
from db.pool import Database
from db.queries import admins

LONGEST_NAME = 64


async def recognise(
    database: Database, user_id: int, name: str, language: str, *, owner_id: int
) -> Admin | None:
    """Return the admin with their present role; None for a stranger.

    The user `owner_id`, from the settings, is added as the owner at their first update. `language`,
    from Telegram, is stored until the admin chooses one, so that notifications use it, too.
    """
    async with database.connection() as connection:
        admin = await admins.find(connection, user_id)
        if admin is None and user_id == owner_id:
            await admins.add(connection, user_id, name[:LONGEST_NAME], Role.OWNER)
            admin = await admins.find(connection, user_id)
        if admin is not None and admin.language is None:
            admin = await admins.set_language(connection, user_id, language)
        return admin


async def page(database: Database) -> list[Admin]:
    """Return all admins who are not disabled."""
    async with database.connection() as connection:
        return await admins.page(connection)


async def find(database: Database, admin_id: int) -> Admin | None:
    """Return the admin; None when there is none or they are disabled."""
    async with database.connection() as connection:
        return await admins.find(connection, admin_id)


async def choose_language(database: Database, admin: Admin, language: str) -> Admin:
    """Store the language and return the admin as changed."""
    async with database.connection() as connection:
        return await admins.set_language(connection, admin.id, language)


async def choose_zone(database: Database, admin: Admin, zone: str) -> Admin:
    """Store the zone, an IANA name known to exist, and return the admin as changed."""
    async with database.connection() as connection:
        return await admins.set_zone(connection, admin.id, zone)
