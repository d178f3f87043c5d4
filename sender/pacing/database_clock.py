"""Maps moments of the database's clock, such as slots, to the loop's monotonic clock and back."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta

from db.pool import Connection
from db.queries.clock import get_now

MEMORY_SECONDS = 10.0  # for which a reading counts; the drift of the clocks stays below NOTABLE
READINGS = 5  # how often to read at the beginning of a slice, when older readings do not count
READING_SECONDS = 0.1  # after which no further one is made: a far database's cost too much


class DatabaseClock:
    """The offset of the two clocks; one object for the process.

    A reading is a question and its answer. The database read its clock at some time between the
    two, which gives a lower and an upper bound of the offset. The smallest upper bound of the last
    ten seconds is used: with an upper bound no message leaves before its slot, and with the
    smallest one a slow answer delays none. When the lower bound of a reading lies above that, the
    database's clock was set back, and the older readings are dropped.
    """

    def __init__(self) -> None:
        self._epoch: datetime | None = None  # the first reading; offsets are counted from it
        # (answered at, upper bound): both rise, so the first one is the smallest that counts.
        self._offsets: deque[tuple[float, float]] = deque()
        self.round_trip = 0.0  # the seconds between the latest question and its answer

    def add_reading(self, now: datetime, asked_at: float, answered_at: float) -> None:
        """Add the reading `now`, asked for and answered at these seconds of the loop's clock."""
        self.round_trip = answered_at - asked_at
        self._epoch = self._epoch or now  # a small number keeps its microseconds as a float
        said = (now - self._epoch).total_seconds()
        while self._offsets and self._offsets[0][0] < answered_at - MEMORY_SECONDS:
            self._offsets.popleft()
        if self._offsets and asked_at - said > self._offsets[0][1]:
            self._offsets.clear()
        while self._offsets and self._offsets[-1][1] >= answered_at - said:
            self._offsets.pop()
        self._offsets.append((answered_at, answered_at - said))

    def local(self, moment: datetime) -> float:
        """Return a moment of the database in seconds of the loop's clock. Needs a reading."""
        assert self._epoch is not None
        return (moment - self._epoch).total_seconds() + self._offsets[0][1]

    def moment(self, local: float) -> datetime:
        """Return seconds of the loop's clock as a moment of the database. Needs a reading."""
        assert self._epoch is not None
        return self._epoch + timedelta(seconds=local - self._offsets[0][1])

    async def read(self, connection: Connection, times: int = 1) -> None:
        """Add up to `times` readings, fewer when READING_SECONDS are over.

        The database is asked for its time alone: the answer of a claim comes after its commit.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + READING_SECONDS
        for done in range(times):
            if done and loop.time() > until:
                break
            asked_at = loop.time()
            now = await get_now(connection)
            self.add_reading(now, asked_at, loop.time())
