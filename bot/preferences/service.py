"""Who commands the bot, and how they like to be spoken to."""

from __future__ import annotations

from db.models.admin import Admin, Role
from db.pool import Database
from db.queries import admins

LONGEST_NAME = 64


async def recognise(
    database: Database, user_id: int, name: str, language: str, *, owner_id: int
) -> Admin | None:
    """The admin with the role they have now; None for a stranger.

    `owner_id`, from the settings, becomes the owner when they first write. `language`, as
    Telegram says, is kept until they choose: what is told later must be in it too.
    """
    async with database.connection() as connection:
        admin = await admins.find(connection, user_id)
        if admin is None and user_id == owner_id:
            await admins.add(connection, user_id, name[:LONGEST_NAME], Role.OWNER)
            admin = await admins.find(connection, user_id)
        if admin is not None and admin.language is None:
            admin = await admins.set_language(connection, user_id, language)
        return admin


async def everybody(database: Database) -> list[Admin]:
    """All who may be told something: every role may see."""
    async with database.connection() as connection:
        return await admins.page(connection)


async def find(database: Database, admin_id: int) -> Admin | None:
    async with database.connection() as connection:
        return await admins.find(connection, admin_id)


async def choose_language(database: Database, admin: Admin, language: str) -> Admin:
    async with database.connection() as connection:
        return await admins.set_language(connection, admin.id, language)


async def choose_zone(database: Database, admin: Admin, zone: str) -> Admin:
    """`zone` is an IANA name that is known to exist."""
    async with database.connection() as connection:
        return await admins.set_zone(connection, admin.id, zone)
