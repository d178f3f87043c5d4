"""The stop list, kept by hand: for those who said it on the phone or at the counter."""

from __future__ import annotations

from db.models.admin import Admin
from db.models.contact import Identity
from db.models.suppression import SuppressionReason
from db.pool import Database
from db.queries import audit, suppressions


async def how_many(database: Database) -> int:
    async with database.connection() as connection:
        return await suppressions.count(connection)


async def bar(database: Database, admin: Admin, identity: Identity) -> bool:
    """Bar this person from every campaign under all their names; False: they were already."""
    async with database.transaction() as connection:
        hashes = identity.hashes(await suppressions.get_suppression_key(connection))
        hashes += await suppressions.find_other_names(connection, hashes)
        added = await suppressions.add(
            connection, hashes, SuppressionReason.BY_HAND, admin_id=admin.id
        )
        if added:
            await audit.add(connection, admin.id, "bar", "suppression", 0)
        return added > 0
