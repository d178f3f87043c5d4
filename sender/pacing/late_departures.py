"""Shares late departures among the processes, so that all of them together keep the rate.

A punctual message costs nothing. A late message costs one row, and a batch one query.
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

FINEST_INTERVAL = 0.01  # seconds; below it, each process heeds its own departures only
READ_BEFORE = 0.02  # seconds from the reading of late departures to the begin of a batch


class LateDepartures:
    """The late departures of one campaign, whose slots are `interval` seconds apart.

    `departures` are those of this process.
    """

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
        self.departures = Departures(interval, self._share_soon if self._is_shared else None)
        self._window = timedelta(seconds=self.departures.window)

    def read_before(self, begins: float, halt: asyncio.Event) -> None:
        """Read the others' late departures just before a batch begins, without waiting for it.

        `begins` is a moment of the loop's clock. A departure that is late by less than half a
        second can concern later batches only.
        """
        if self._is_shared:
            self._background.start(self._read(begins, halt))

    def _share_soon(self) -> None:
        self._background.start(self._share())

    async def _share(self) -> None:
        moment = self._clock.moment
        late = [(moment(slot), moment(at)) for slot, at in self.departures.take_late()]
        with suppress(*UNAVAILABLE):  # best effort: no message waits for it
            async with self._database.connection() as connection:
                await late_departures.add(connection, self._campaign_id, self._window, late)

    async def _read(self, begins: float, halt: asyncio.Event) -> None:
        await sleep_until(begins - READ_BEFORE, halt)
        with suppress(*UNAVAILABLE):
            async with self._database.connection() as connection:
                found = await late_departures.find(connection, self._campaign_id, self._window)
            for slot, at in found:
                self.departures.add_remote(self._clock.local(slot), self._clock.local(at))
