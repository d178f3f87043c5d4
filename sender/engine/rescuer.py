"""Frees deliveries that an abandoned claim left, and ends those that cannot be asked again.

A row in doubt that can be asked again needs no code here. When its claim has ended, the campaign's
next slice claims it, for the same account and with the same random_id.
"""

from __future__ import annotations

from db.pool import Database
from db.queries import deliveries, rescues

MOST_AT_ONCE = 1_000


class Rescuer:
    """Rescues the deliveries of every campaign."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, process: str) -> None:
        """Expire the claims that a dead process left under the name of this one, then `sweep`."""
        async with self._database.connection() as connection:
            await rescues.expire_claims(connection, process)
        await self.sweep()

    async def sweep(self) -> None:
        """Free the rows that were claimed and never attempted, and those of accounts that are gone.

        End those that are in doubt for good. They become unknown: their account is lost or
        disabled, their campaign is cancelled, or their first attempt is more than a day old.
        """
        async with self._database.connection() as connection:
            await rescues.release_unattempted(connection)
            await rescues.unpin_from_lost(connection)
        while await self._give_up() == MOST_AT_ONCE:
            pass

    async def _give_up(self) -> int:
        """End up to MOST_AT_ONCE rows as unknown, and return how many."""
        async with self._database.transaction() as connection:
            hopeless = await rescues.find_unresolvable(connection, MOST_AT_ONCE)
            if hopeless:
                await deliveries.settle(connection, hopeless)
        return len(hopeless)
