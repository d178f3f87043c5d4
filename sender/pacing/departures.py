"""When messages leave: how many slots to take at once, and what holds a message back at its slot.

Times are seconds of the loop's clock; what a slot is on it, `sender.pacing.database_clock` says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from heapq import heappop, heappush

BATCH_SECONDS = 0.5  # a claim covers this much of the rate
MOST_IN_BATCH = 100
LOOKAHEAD = 0.25  # seconds before its last slot is used up, the next batch is claimed
NOTABLE = 0.8  # of an interval: as late as this is told to the other processes
SPARE = 0.002  # seconds by which a departure may be off: clocks differ, and a call takes its time


def batch_size(per_second: float) -> int:
    """How many rows one claim takes: half a second's worth, at least 1, at most 100."""
    return max(1, min(MOST_IN_BATCH, int(per_second * BATCH_SECONDS)))


class Departures:
    """Keeps one campaign's messages apart, though some are late: `interval` is between its slots.

    In no window – a second, or an interval if that is longer – may more leave than its slots and
    one. Of any two more than that, the first and the last slot lie more than a window apart. So
    whoever leaves holds back those whose slots lie so far behind its own until a window after its
    departure: what is late is caught up with slowly, and no slot is wasted. Of what others sent
    only the late ones matter, since punctual ones hold back nobody. `when_late` is called when
    there is something for `take_late`; without it nothing is kept for that.
    """

    def __init__(self, interval: float, when_late: Callable[[], None] | None = None) -> None:
        self._interval, self._when_late = interval, when_late
        self.window = max(1.0, interval)
        slots = int(self.window / interval + 1e-6)
        self._reach = (slots + 0.5) * interval  # slots are not known to more than a half
        self._left: list[tuple[float, float]] = []  # a heap of (slot, departure)
        self._late: list[tuple[float, float]] = []
        self._not_before = self.last = float("-inf")
        self._turn = asyncio.Lock()

    def plan(self, moment: float, now: float) -> float:
        """When a message departs that may from `moment` on: then, or now when that has passed,
        but never closer than the interval to the one before."""
        self.last = max(moment, now, self.last + self._interval)
        return self.last

    async def depart(self, slot: float, halt: asyncio.Event) -> None:
        """Wait as long as it takes for the message of that slot to leave, or until `halt`.

        To be called in the order of slots: whoever comes first is let go first.
        """
        loop = asyncio.get_running_loop()
        async with self._turn:
            while not halt.is_set() and (moment := self.earliest(slot)) > loop.time():
                await sleep_until(moment, halt)
            if not halt.is_set():
                self.leave(slot, loop.time())

    def earliest(self, slot: float) -> float:
        """The message of this slot may not leave before this moment."""
        while self._left and self._left[0][0] < slot - self._reach:
            until = heappop(self._left)[1] + self.window + SPARE
            self._not_before = max(self._not_before, until)
        return self._not_before

    def leave(self, slot: float, at: float) -> None:
        """Ours of that slot leaves at this moment."""
        heappush(self._left, (slot, at))
        if self._when_late is not None and at - slot > NOTABLE * self._interval:
            self._late.append((slot, at))
            if len(self._late) == 1:
                self._when_late()

    def take_late(self) -> list[tuple[float, float]]:
        """(slot, departure) of ours that were late, since the last call."""
        late, self._late = self._late, []
        return late

    def hear(self, slot: float, at: float) -> None:
        """Somebody's of that slot has left at this moment."""
        heappush(self._left, (slot, at))


async def sleep_until(moment: float, halt: asyncio.Event) -> None:
    """Until `moment` on the loop's clock, or `halt`."""
    if moment > asyncio.get_running_loop().time():
        with suppress(TimeoutError):
            async with asyncio.timeout_at(moment):
                await halt.wait()
