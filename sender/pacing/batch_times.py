"""How early a batch is claimed and how much it covers, by how long the latest ones took.

With a database close by, a batch is ready a few milliseconds after its claim. With a distant one it
costs several round trips. Then it is claimed so much earlier, and it covers more of the rate, so
that the next one is ready before its last message leaves.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta

from db.queries.claims import LEAD
from sender.pacing.departures import BATCH_SECONDS, LOOKAHEAD

ROUND_TRIPS = 4  # from the claim of a batch until it is frozen, see sender.engine.slices
REMEMBERED = 8  # batches, the slowest of which counts
MOST_SECONDS = 1.5  # a claim may be made three seconds before its first slot


class BatchTimes:
    """The seconds from the claim of a batch until it was ready; one object for the process."""

    def __init__(self) -> None:
        self._latest: deque[float] = deque(maxlen=REMEMBERED)
        self._expected = 0.0

    def expect(self, round_trip: float) -> None:
        """Set what a batch costs at least; a first use of each statement costs more."""
        self._expected = ROUND_TRIPS * round_trip * (1 if self._latest else 2.5)

    def add(self, seconds: float) -> None:
        """Add the time of a batch."""
        self._latest.append(seconds)

    @property
    def longest(self) -> float:
        """The seconds that a batch is expected to take, at most MOST_SECONDS."""
        return min(MOST_SECONDS, max(self._expected, *self._latest, 0.0))

    @property
    def lead(self) -> timedelta:
        """The least time from a claim to its first slot."""
        return max(LEAD, timedelta(seconds=self.longest))

    @property
    def lookahead(self) -> float:
        """The seconds from the beginning of a batch to its first slot.

        The accounts are looked at before the claim, which costs another round trip.
        """
        return LOOKAHEAD + 1.5 * self.longest

    @property
    def covers(self) -> float:
        """The seconds of the rate that a batch covers."""
        return max(BATCH_SECONDS, 2.5 * self.longest)

    @property
    def horizon(self) -> timedelta:
        """The time from the beginning of a batch to its last slot.

        It is BATCH_SECONDS while batches are ready at once.
        """
        return timedelta(seconds=self.covers + 1.5 * self.longest)
