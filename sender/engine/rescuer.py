"""What nobody holds any more is brought to its end: after a death, a loss, a day of doubt.

Reissuing needs no code of its own: a row whose hold has ended is claimed by the campaign's next
slice, by the same account, under the same random_id.
"""

from __future__ import annotations

from db.pool import Database
from db.queries import accounts, rescues


class Rescuer:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, process: str) -> None:
        """End the claims of a dead predecessor: this process holds its name (`db.process_lock`)."""
        async with self._database.connection() as connection:
            await rescues.expire_claims(connection, process)
        await self.sweep()

    async def sweep(self) -> None:
        """Wake rested accounts; give back what was never tried; give up what cannot be asked."""
        async with self._database.connection() as connection:
            await accounts.wake_due(connection)
            await rescues.release_unissued(connection)
            await rescues.give_up(connection)
