"""When messages leave: how many slots to take at once, and what a slot is on the local clock.

Slots are moments of the database's clock. They are mapped to the monotonic clock of this process,
which nobody sets, by the moment that the claim's answer brought along.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

BATCH_SECONDS = 0.5  # a claim covers this much of the rate
MOST_IN_BATCH = 100
LOOKAHEAD = 0.25  # seconds before its last slot is used up, the next batch is claimed


def batch_size(per_second: float) -> int:
    """How many rows one claim takes: half a second's worth, at least 1, at most 100."""
    return max(1, min(MOST_IN_BATCH, int(per_second * BATCH_SECONDS)))


@dataclass(frozen=True, slots=True)
class DatabaseClock:
    """The database said `now` when the loop's clock stood at `heard_at` (monotonic seconds).

    The answer was under way for a moment, so what is computed lies later than the truth, never
    earlier: nothing leaves before its slot.
    """

    now: datetime
    heard_at: float

    def local(self, moment: datetime) -> float:
        """A moment of the database on the loop's clock."""
        return self.heard_at + (moment - self.now).total_seconds()

    def moment(self, local: float) -> datetime:
        """A time of the loop's clock as the database would say it."""
        return self.now + timedelta(seconds=local - self.heard_at)


class Departures:
    """Keeps late messages apart: what missed its slot does not leave in a burst.

    Each departs at its slot, or now when that has passed, but never closer than `interval`
    (seconds) to the one before.
    """

    def __init__(self) -> None:
        self.last = float("-inf")

    def plan(self, slot: float, now: float, interval: float) -> float:
        """When this one departs, on the loop's clock."""
        self.last = max(slot, now, self.last + interval)
        return self.last
