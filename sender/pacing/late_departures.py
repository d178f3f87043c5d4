"""Shares late departures among the processes, so that all of them together keep the rate.

A punctual message costs nothing. A late one costs a row, and each batch one query.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from db.pool import UNAVAILABLE, Database
from db.queries import late_departures
from sender.background import Background
from sender.pacing.database_clock import DatabaseClock
from sender.pacing.departures import Departures, sleep_until

FINEST_INTERVAL = 0.01  # seconds; faster campaigns keep the rule in each process only
LOOK_AHEAD = 0.02  # seconds before a batch begins that late departures are read


class LateDepartures:
    """Those of one campaign; owns the `departures` of this process, `interval` seconds apart."""

    def __init__(
        self,
        database: Database,
        clock: DatabaseClock,
        background: Background,
        campaign_id: int,
        interval: float,
    ) -> None:
        self._database, self._clock, self._background = database, clock, background
        self._campaign_id, self._is_shared = campaign_id, interval >= FINEST_INTERVAL
        self.departures = Departures(interval, self._tell_soon if self._is_shared else None)
        self._window = timedelta(seconds=self.departures.window)

    def before(self, begins: float, halt: asyncio.Event) -> None:
        """Read late departures just before a batch begins at this moment of the loop's clock.

        A departure that is late by less than half a second can concern only later batches.
        """
        if self._is_shared:
            self._background.start(self._hear(begins, halt))

    def _tell_soon(self) -> None:
        self._background.start(self._tell())

    async def _tell(self) -> None:
        moment = self._clock.moment
        late = [(moment(slot), moment(at)) for slot, at in self.departures.take_late()]
        with suppress(*UNAVAILABLE):  # best effort: nothing waits for it
            async with self._database.connection() as connection:
                await late_departures.add(connection, self._campaign_id, self._window, late)

    async def _hear(self, begins: float, halt: asyncio.Event) -> None:
        await sleep_until(begins - LOOK_AHEAD, halt)
        with suppress(*UNAVAILABLE):
            async with self._database.connection() as connection:
                found = await late_departures.find(connection, self._campaign_id, self._window)
            for slot, at in found:
                self.departures.hear(self._clock.local(slot), self._clock.local(at))
