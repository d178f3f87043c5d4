"""Ends claimed deliveries, gives them back, or leaves them in doubt.

Ends are collected and written together with the campaign's counters, ten times a second. The rest
is written immediately.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from db.models.delivery import Claimed, DeliveryStatus, Settled
from db.pool import Database
from db.queries import deliveries
from sender.background import Background, Signal

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.1
TRY_AGAIN_SECONDS = 1.0
MOST_TRIES = 60  # then the claims have ended, and the rows will be claimed and asked again
NO_WAIT = timedelta()


class Settler:
    """Writes what becomes of claimed deliveries; one object for the process.

    Every write carries the token of the claim and leaves a row of another claim alone. `changed` is
    sent when a waiting slice may have something to do.
    """

    def __init__(self, database: Database, background: Background, changed: Signal) -> None:
        self._database, self._background, self._changed = database, background, changed
        self._waiting: list[Settled] = []
        self._gathering = False

    def settle(
        self,
        row: Claimed,
        status: DeliveryStatus,
        *,
        message_id: int | None = None,
        reason: str | None = None,
    ) -> None:
        """End the delivery with `status` in the next batch of ends."""
        self._waiting.append(Settled(row.id, row.token, status, message_id, reason))
        if not self._gathering:
            self._gathering = True
            self._background.start(self._gather())

    def settle_unsent(self, row: Claimed, reason: str) -> None:
        """End a delivery that must not be sent: unknown if an attempt of it may have arrived."""
        status = DeliveryStatus.UNKNOWN if row.in_doubt else DeliveryStatus.SKIPPED
        self.settle(row, status, reason=reason)

    def fail(self, row: Claimed, reason: str) -> None:
        """End a delivery that Telegram refused: unknown if an earlier attempt may have arrived."""
        status = DeliveryStatus.UNKNOWN if row.in_doubt else DeliveryStatus.FAILED
        self.settle(row, status, reason=reason)

    async def give_back(
        self,
        row: Claimed,
        wait: timedelta = NO_WAIT,
        reason: str | None = None,
        *,
        retries: int = 0,
    ) -> None:
        """Make the delivery pending again, due after `wait`: this claim did not deliver it.

        `retries` is added to the retries that the campaign limits.
        """
        async with self._database.connection() as connection:
            await deliveries.defer(
                connection,
                [row.id],
                [row.token],
                wait,
                reason=reason,
                retries=retries,
                in_doubt=row.in_doubt,
            )

    async def give_all_back(self, rows: Sequence[Claimed], wait: timedelta = NO_WAIT) -> None:
        """Make these deliveries pending again, due after `wait`, at once."""
        for in_doubt in (False, True):
            if mine := [row for row in rows if row.in_doubt is in_doubt]:
                async with self._database.connection() as connection:
                    await deliveries.defer(
                        connection,
                        [row.id for row in mine],
                        [row.token for row in mine],
                        wait,
                        in_doubt=in_doubt,
                    )

    async def postpone(self, rows: Sequence[tuple[Claimed, datetime]], reason: str) -> None:
        """Make unattempted rows pending again, each due at its moment by the database's clock."""
        async with self._database.connection() as connection:
            await deliveries.postpone(
                connection,
                [row.id for row, _ in rows],
                [row.token for row, _ in rows],
                [due_at for _, due_at in rows],
                reason,
            )

    async def release(self, rows: Sequence[Claimed]) -> None:
        """Make claimed rows that were never attempted pending again, once the database answers.

        Rows that were ended or given back meanwhile are left alone.
        """
        for _ in range(MOST_TRIES):
            try:
                await self.give_all_back(rows)
                break
            except Exception as error:
                log.warning("Cannot release %d deliveries yet: %r", len(rows), error)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
        self._changed.send()

    async def leave_in_doubt(self, row: Claimed, wait: timedelta, reason: str) -> None:
        """Keep the delivery in flight; after `wait` the same random_id is asked again."""
        async with self._database.connection() as connection:
            await deliveries.leave_in_doubt(connection, row.id, row.token, wait, reason)
        self._changed.send()

    async def flush(self) -> None:
        """Write the collected ends. While the database is unreachable, try until the claims end."""
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
        if ended := len(rows) - settled:
            log.info("%d deliveries were ended or claimed elsewhere meanwhile", ended)
        self._changed.send()

    async def _gather(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        self._gathering = False
        await self.flush()
