"""The database's clock, of which slots are moments, on the monotonic clock of this process."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta

from db.pool import Connection
from db.queries.clock import get_now

MEMORY_SECONDS = 10.0  # in which two clocks drift apart by less than a lateness that matters
READINGS = 5  # where nothing was read before, or long ago


class DatabaseClock:
    """The database's clock on the loop's clock (monotonic seconds); one for a process.

    The database said `now` some time between the question and its answer, so the difference of the
    two clocks lies between theirs. The smallest upper bound of the last seconds counts: however
    slow some answers are, nothing leaves much after its slot, and never before. An answer whose
    lower bound lies above it tells that the database's clock was set back: then only it counts.
    """

    def __init__(self) -> None:
        self._epoch: datetime | None = None
        self._offsets: deque[tuple[float, float]] = deque()  # (heard at, offset), both rising

    def hear(self, now: datetime, asked_at: float, heard_at: float) -> None:
        """The database was asked, said `now`, and was heard, at these times of the loop's clock."""
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
        """A moment of the database on the loop's clock; the database must have been heard."""
        assert self._epoch is not None
        return (moment - self._epoch).total_seconds() + self._offsets[0][1]

    def moment(self, local: float) -> datetime:
        """A time of the loop's clock as a moment of the database."""
        assert self._epoch is not None
        return self._epoch + timedelta(seconds=local - self._offsets[0][1])

    async def read(self, connection: Connection, times: int = 1) -> None:
        """Ask for nothing but the time: the answer of a claim comes late, it waits for the disk."""
        loop = asyncio.get_running_loop()
        for _ in range(times):
            asked_at = loop.time()
            now = await get_now(connection)
            self.hear(now, asked_at, loop.time())
