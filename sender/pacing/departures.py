"""Keeps a campaign's departures within its rate, also when some of them are late.

Times are seconds of the loop's clock. `sender.pacing.database_clock` maps slots to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from heapq import heappop, heappush

BATCH_SECONDS = 0.5  # a claim covers this much of the rate
MOST_IN_BATCH = 100
LOOKAHEAD = 0.25  # seconds before its last slot that the next batch is claimed
NOTABLE = 0.8  # of an interval: a lateness from here on is shared with the other processes
SPARE = 0.002  # seconds by which a departure may be off: clocks differ, and a call takes time


def batch_size(per_second: float) -> int:
    """Return how many rows one claim takes: half a second's worth, at least 1, at most 100."""
    return max(1, min(MOST_IN_BATCH, int(per_second * BATCH_SECONDS)))


class Departures:
    """The departures of one campaign in this process; `interval` is the time between its slots.

    A window is a second, or one interval if that is longer. No window may hold more departures than
    its slots plus one. This follows from one rule: a message whose slot lies more than a window
    after another's does not leave before a window after that other's departure. A late message is
    thus caught up with slowly, and no slot is wasted. Of the departures of other processes only the
    late ones matter, since a punctual one delays no message.

    `when_late` is called when there is something for `take_late`; None keeps nothing for it.
    """

    def __init__(self, interval: float, when_late: Callable[[], None] | None = None) -> None:
        self._interval, self._when_late = interval, when_late
        self.window = max(1.0, interval)
        slots = int(self.window / interval + 1e-6)
        self._reach = (slots + 0.5) * interval  # slots are known to half an interval
        self._left: list[tuple[float, float]] = []  # a heap of (slot, departure)
        self._late: list[tuple[float, float]] = []
        self._not_before = self.last = float("-inf")
        self._turn = asyncio.Lock()

    def plan(self, moment: float, now: float) -> float:
        """Return the departure of a message that may leave from `moment` on.

        It is `moment`, or `now` if that is later, and at least an interval after the one before.
        """
        self.last = max(moment, now, self.last + self._interval)
        return self.last

    async def depart(self, slot: float, halt: asyncio.Event) -> None:
        """Wait until the message of this slot may leave, or until `halt`.

        Call it in the order of slots: calls are served first come, first served.
        """
        loop = asyncio.get_running_loop()
        async with self._turn:
            while not halt.is_set() and (moment := self.earliest(slot)) > loop.time():
                await sleep_until(moment, halt)
            if not halt.is_set():
                self.leave(slot, loop.time())

    def earliest(self, slot: float) -> float:
        """Return the moment before which the message of this slot must not leave."""
        while self._left and self._left[0][0] < slot - self._reach:
            until = heappop(self._left)[1] + self.window + SPARE
            self._not_before = max(self._not_before, until)
        return self._not_before

    def leave(self, slot: float, at: float) -> None:
        """Record that a message of this process leaves at this moment."""
        heappush(self._left, (slot, at))
        if self._when_late is not None and at - slot > NOTABLE * self._interval:
            self._late.append((slot, at))
            if len(self._late) == 1:
                self._when_late()

    def take_late(self) -> list[tuple[float, float]]:
        """Return (slot, departure) of the late messages since the last call."""
        late, self._late = self._late, []
        return late

    def hear(self, slot: float, at: float) -> None:
        """Record a departure of another process."""
        heappush(self._left, (slot, at))


async def sleep_until(moment: float, halt: asyncio.Event) -> None:
    """Sleep until `moment` on the loop's clock, or until `halt`."""
    if moment > asyncio.get_running_loop().time():
        with suppress(TimeoutError):
            async with asyncio.timeout_at(moment):
                await halt.wait()
