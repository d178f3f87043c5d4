"""The pace that campaigns really have, where it is slower than their rate."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

from db.models.campaign import Campaign, CampaignStatus, Mode

WINDOW = 300.0  # seconds that a pace is measured over at most
LEAST_WINDOW = 60.0
LEAST_EXPECTED = 5  # messages; of fewer a pace says nothing
KEPT = 0.9  # of the rate: a pace above it is the rate


class PaceMeter:
    """Measures campaigns by the counters of their ended deliveries, each time one is shown.

    `clock` returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._readings: defaultdict[int, deque[tuple[float, int]]] = defaultdict(deque)

    def read(self, campaign: Campaign) -> float | None:
        """Return messages per second over the last minutes.

        None when the campaign keeps its rate or sends nothing, and while too little was measured.
        """
        if campaign.status is not CampaignStatus.RUNNING or campaign.mode is Mode.DRY_RUN:
            self._readings.pop(campaign.id, None)
            return None
        counts, at = campaign.counts, self._clock()
        readings = self._readings[campaign.id]
        readings.append((at, counts.sent + counts.failed + counts.unknown))
        while len(readings) > 2 and readings[1][0] <= at - WINDOW:
            readings.popleft()
        (since, before), (_, now) = readings[0], readings[-1]
        expected = campaign.rate.per_second * (at - since)
        if at - since < LEAST_WINDOW or expected < LEAST_EXPECTED:
            return None
        return (now - before) / (at - since) if 0 < now - before < KEPT * expected else None
