"""Notices that the database's clock was set back, and has all moments corrected.

While the clock is ahead, waits, leases and caps are computed from it. When it is put right, they
would all last longer by the difference. The correction is one transaction of the database; it is
found by the latest reading, which is a row, so it does not matter which process reads the clock or
whether one runs at that time.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from db.pool import Database
from db.queries import clock

log = logging.getLogger(__name__)

# A clock that is set by less changes nothing: waits are longer by less than a minute.
TOLERANCE = timedelta(seconds=30)
EVERY_SECONDS = 3.0
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux: counts sleep, too


class ClockWatch:
    """Reads the database's clock for one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: tuple[datetime, float] | None = None  # the last reading, and when it was made

    async def look(self) -> None:
        """Check the clock unless it was checked EVERY_SECONDS ago."""
        if self._read is None or time.clock_gettime(_CLOCK) - self._read[1] >= EVERY_SECONDS:
            await self.check()

    async def check(self) -> bool:
        """Return whether the clock was found to be set back; the moments are corrected then."""
        asked_at = time.clock_gettime(_CLOCK)
        jumped = False
        async with self._database.connection() as connection:
            if self._read is not None:
                now = await clock.get_now(connection)
                expected = self._read[0] + timedelta(seconds=asked_at - self._read[1])
                jumped = now - expected > TOLERANCE
            back, now = await clock.read(connection, TOLERANCE, jumped=jumped)
        self._read = now, time.clock_gettime(_CLOCK)
        if back is not None:
            log.warning("The database's clock was set back by %s; moments are corrected", back)
        return back is not None
