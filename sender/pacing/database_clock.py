"""Maps the database's clock, in which slots are given, to the monotonic clock of this process."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta

from db.pool import Connection
from db.queries.clock import get_now

MEMORY_SECONDS = 10.0  # within it, two clocks drift apart by less than a notable lateness
READINGS = 5  # for a first reading, or one after a long pause


class DatabaseClock:
    """The offset of the two clocks, in seconds; one object for the process.

    The database read its clock some time between a question and its answer, so each reading bounds
    the offset from both sides. The smallest upper bound of the last seconds is used: however slow
    some answers are, no message leaves before its slot, and none much after it. A reading whose
    lower bound lies above it shows that the database's clock was set back, and replaces the others.
    """

    def __init__(self) -> None:
        self._epoch: datetime | None = None
        self._offsets: deque[tuple[float, float]] = deque()  # (heard at, offset), both rising

    def hear(self, now: datetime, asked_at: float, heard_at: float) -> None:
        """Add a reading `now`, asked for and answered at these times of the loop's clock."""
        self._epoch = self._epoch or now  # numbers stay small: a microsecond is not rounded away
        said = (now - self._epoch).total_seconds()
        while self._offsets and self._offsets[0][0] < heard_at - MEMORY_SECONDS:
            self._offsets.popleft()
        if self._offsets and asked_at - said > self._offsets[0][1]:
            self._offsets.clear()
        while self._offsets and self._offsets[-1][1] >= heard_at - said:
            self._offsets.pop()
        self._offsets.append((heard_at, heard_at - said))

    def local(self, moment: datetime) -> float:
        """Return a moment of the database on the loop's clock. At least one reading is needed."""
        assert self._epoch is not None
        return (moment - self._epoch).total_seconds() + self._offsets[0][1]

    def moment(self, local: float) -> datetime:
        """Return a time of the loop's clock as a moment of the database."""
        assert self._epoch is not None
        return self._epoch + timedelta(seconds=local - self._offsets[0][1])

    async def read(self, connection: Connection, times: int = 1) -> None:
        """Ask the database for the time alone: the answer of a claim is delayed by its commit."""
        loop = asyncio.get_running_loop()
        for _ in range(times):
            asked_at = loop.time()
            now = await get_now(connection)
            self.hear(now, asked_at, loop.time())
