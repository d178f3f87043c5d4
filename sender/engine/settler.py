"""Outcomes are written down in micro-batches: ten times a second, the counters with them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from db.models.delivery import Settled
from db.pool import Database
from db.queries import deliveries
from sender.background import Background

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.1
TRY_AGAIN_SECONDS = 1.0
MOST_TRIES = 60  # then the claims have run out, and the rescue asks Telegram again


class Settler:
    """Takes settled deliveries and writes them soon. `written` is called after each batch."""

    def __init__(
        self, database: Database, background: Background, written: Callable[[], None]
    ) -> None:
        self._database, self._background, self._written = database, background, written
        self._waiting: list[Settled] = []
        self._gathering = False

    def add(self, row: Settled) -> None:
        self._waiting.append(row)
        if not self._gathering:
            self._gathering = True
            self._background.start(self._gather())

    async def _gather(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        self._gathering = False
        await self.flush()

    async def flush(self) -> None:
        """Write what waits. A database that is away is asked again until the claims run out."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        for _ in range(MOST_TRIES):
            try:
                async with self._database.connection() as connection:
                    settled = await deliveries.settle(connection, rows)
                break
            except Exception as error:
                log.warning("Cannot settle %d deliveries yet: %r", len(rows), error)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
        else:
            return
        if lost := len(rows) - settled:
            log.warning("%d deliveries were claimed by somebody else meanwhile", lost)
        self._written()
