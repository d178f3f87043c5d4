"""When messages leave: how many slots to take at once, and what a slot is on the local clock.

Slots are moments of the database's clock. They are mapped to the monotonic clock of this process,
which nobody sets, by what the database's answers say of its own.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime

BATCH_SECONDS = 0.5  # a claim covers this much of the rate
MOST_IN_BATCH = 100
LOOKAHEAD = 0.25  # seconds before its last slot is used up, the next batch is claimed
MEMORY_SECONDS = 10.0  # in which two clocks drift apart by less than a lateness that matters


def batch_size(per_second: float) -> int:
    """How many rows one claim takes: half a second's worth, at least 1, at most 100."""
    return max(1, min(MOST_IN_BATCH, int(per_second * BATCH_SECONDS)))


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


class Departures:
    """Keeps late messages of one campaign apart: what missed its slot does not leave in a burst.

    `interval` is the campaign's, in seconds.
    """

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._gone: deque[float] = deque(maxlen=int(1 / interval) + 1)
        self.last = float("-inf")

    def plan(self, slot: float, now: float) -> float:
        """When this one departs, on the loop's clock: at its slot, or now when that has passed,
        but never closer than the interval to the one before."""
        self.last = max(slot, now, self.last + self._interval)
        return self.last

    def depart(self, now: float) -> float:
        """When the next of those whose time has come may really leave: now, unless so many have
        left within a second that it would be more than one above the rate."""
        moment = now
        if len(self._gone) == self._gone.maxlen:
            moment = max(now, self._gone[0] + 1.0)
        self._gone.append(moment)
        return moment
