"""Ends or frees deliveries whose claim is abandoned: after a crash, a loss, a day of doubt.

Asking again needs no code here. A row whose hold has ended is claimed by the campaign's next slice,
for the same account and under the same random_id.
"""

from __future__ import annotations

from db.pool import Database
from db.queries import deliveries, rescues

MOST_AT_ONCE = 1_000


class Rescuer:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, process: str) -> None:
        """Expire the claims of a dead predecessor whose name this process holds."""
        async with self._database.connection() as connection:
            await rescues.expire_claims(connection, process)
        await self.sweep()

    async def sweep(self) -> None:
        """Free what was claimed and never tried, and end what cannot be asked again."""
        async with self._database.connection() as connection:
            await rescues.release_unattempted(connection)
        while await self._give_up() == MOST_AT_ONCE:
            pass

    async def _give_up(self) -> int:
        async with self._database.transaction() as connection:
            hopeless = await rescues.find_unresolvable(connection, MOST_AT_ONCE)
            if hopeless:
                await deliveries.settle(connection, hopeless)
        return len(hopeless)
