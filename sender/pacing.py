"""When messages leave: how many slots to take at once, and how those that are late are kept apart.

Times are seconds of the loop's clock; what a slot is on it, `sender.clock` says.
"""

from __future__ import annotations

from collections import deque

BATCH_SECONDS = 0.5  # a claim covers this much of the rate
MOST_IN_BATCH = 100
LOOKAHEAD = 0.25  # seconds before its last slot is used up, the next batch is claimed


def batch_size(per_second: float) -> int:
    """How many rows one claim takes: half a second's worth, at least 1, at most 100."""
    return max(1, min(MOST_IN_BATCH, int(per_second * BATCH_SECONDS)))


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
