"""Keeps the departures of a campaign within its rate, also when some of them are late.

Times are seconds of the loop's clock, onto which sender.pacing.database_clock maps the slots.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from heapq import heappop, heappush

BATCH_SECONDS = 0.5  # a claim covers this much of the rate, or more of it from a far database
MOST_IN_BATCH = 100
LOOKAHEAD = 0.25  # seconds from the claim of a batch to its first slot, besides its preparation
NOTABLE = 0.8  # of an interval: a departure that is later than this is shared with other processes
SPARE = 0.002  # seconds by which a departure may be off: clocks differ, and a call takes time


def batch_size(per_second: float, seconds: float = BATCH_SECONDS) -> int:
    """Return how many rows one claim takes: as many as leave in `seconds`, from 1 to 100."""
    return max(1, min(MOST_IN_BATCH, int(per_second * seconds)))


class Departures:
    """The departures of one campaign in this process; `interval` is the time between its slots.

    A window is a second, or one interval if that is longer. The promise: no window holds more
    departures than slots, plus one. One rule keeps it. When slot B lies more than a window after
    slot A, the message of B leaves at least a window after the message of A left. So after a delay
    the messages catch up slowly, and no slot is wasted. Of the departures of other processes only
    the late ones matter, since a punctual one delays no message.

    `when_late` is called when `take_late` has something to return. Without it, late departures are
    not collected.
    """

    def __init__(self, interval: float, when_late: Callable[[], None] | None = None) -> None:
        self._interval, self._when_late = interval, when_late
        self.window = max(1.0, interval)
        slots = int(self.window / interval + 1e-6)
        self._reach = (slots + 0.5) * interval  # slots are known to half an interval
        self._departed: list[tuple[float, float]] = []  # a heap of (slot, departure)
        self._late: list[tuple[float, float]] = []  # (slot, departure), for `take_late`
        self._not_before = self.last = float("-inf")  # `last` is the latest planned departure
        self._turn = asyncio.Lock()

    def plan(self, moment: float, now: float) -> float:
        """Return the planned departure of a message that may leave from `moment` on.

        It is `moment`, or `now` if that is later, and at least an interval after the one before.
        """
        self.last = max(moment, now, self.last + self._interval)
        return self.last

    async def depart(self, slot: float, halt: asyncio.Event) -> None:
        """Wait until the message of this slot may leave, or until `halt`.

        Call it in the order of slots: the calls end in the order in which they were made.
        """
        loop = asyncio.get_running_loop()
        async with self._turn:
            while not halt.is_set() and (moment := self.earliest(slot)) > loop.time():
                await sleep_until(moment, halt)
            if not halt.is_set():
                self.leave(slot, loop.time())

    def earliest(self, slot: float) -> float:
        """Return the moment before which the message of this slot must not leave."""
        while self._departed and self._departed[0][0] < slot - self._reach:
            until = heappop(self._departed)[1] + self.window + SPARE
            self._not_before = max(self._not_before, until)
        return self._not_before

    def leave(self, slot: float, at: float) -> None:
        """Record that a message of this process leaves at this moment."""
        heappush(self._departed, (slot, at))
        if self._when_late is not None and at - slot > NOTABLE * self._interval:
            self._late.append((slot, at))
            if len(self._late) == 1:
                self._when_late()

    def take_late(self) -> list[tuple[float, float]]:
        """Return (slot, departure) of the late messages since the last call."""
        late, self._late = self._late, []
        return late

    def add_remote(self, slot: float, at: float) -> None:
        """Record that a message of another process left at this moment."""
        heappush(self._departed, (slot, at))


async def sleep_until(moment: float, halt: asyncio.Event) -> None:
    """Sleep until `moment` on the loop's clock, or until `halt`."""
    if moment > asyncio.get_running_loop().time():
        with suppress(TimeoutError):
            async with asyncio.timeout_at(moment):
                await halt.wait()
