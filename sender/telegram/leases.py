"""Leases: one process at a time may connect an account, whoever else is alive, frozen or cut off.

A lease lasts 60 seconds on the database's clock and is renewed every 15. A process that could not
renew for 40 seconds of its own clock uses its accounts no more; others take one 30 seconds after
its lease has run out, so between the two nobody is connected. The clock of the process counts the
time in which it was frozen or its machine slept.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from db.pool import Database
from db.queries import leases

log = logging.getLogger(__name__)

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_AGAIN_SECONDS = 1.0  # between two tries to take, or to renew after a failure


@dataclass(frozen=True, slots=True)
class Terms:
    """Seconds: how long a lease lasts, how often it is renewed, after how long without that it is
    not used any more, and how long others wait after its end."""

    lasts: float = 60.0
    renew: float = 15.0
    trust: float = 40.0
    grace: float = 30.0


class Leases:
    """What one process holds.

    `name` is its own (`db.process_lock`). `at_once`: a lease of that name is left from a
    predecessor that is certainly dead.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        at_once: bool = True,
        terms: Terms | None = None,
    ) -> None:
        self._database, self._name, self._at_once = database, name, at_once
        self._terms = terms or Terms()
        self._lasts = timedelta(seconds=self._terms.lasts)
        self._fences: dict[int, int] = {}
        self._refused: dict[int, float] = {}
        self._renewed_at = float("-inf")

    async def take(self, account_id: int) -> int | None:
        """The account's fencing token if it is ours, or can be made so; None: another's."""
        now = _now()
        if account_id in self._fences:
            return self._fences[account_id] if self.trusted else None
        if not self.trusted or now - self._refused.get(account_id, 0.0) < _AGAIN_SECONDS:
            return None
        grace = timedelta(seconds=self._terms.grace)
        async with self._database.connection() as connection:
            fence = await leases.acquire(
                connection, account_id, self._name, self._lasts, grace, at_once=self._at_once
            )
        if fence is None:
            self._refused[account_id] = now
            return None
        self._fences[account_id] = fence
        return fence if self.trusted else None

    @property
    def trusted(self) -> bool:
        """Whether the last renewal is young enough for others to keep away."""
        return self._left > 0

    async def renew(self) -> list[int]:
        """Renew what is held; the accounts that others have taken meanwhile."""
        began, held = _now(), dict(self._fences)
        async with self._database.connection() as connection:
            kept = await leases.renew(connection, self._name, self._lasts, held)
        self._renewed_at = began
        gone = [account_id for account_id in held if account_id not in kept]
        for account_id in gone:
            self._fences.pop(account_id, None)
        return gone

    async def keep(self, disconnect: Callable[[int], Awaitable[None]]) -> None:
        """Renew until cancelled. `disconnect` ends the connection of an account that is not ours
        any more, or may not be: we could not renew in time."""
        failed = False
        while True:
            pause = _AGAIN_SECONDS if failed else self._terms.renew
            await asyncio.sleep(min(pause, self._left) if self.trusted else pause)
            try:
                async with asyncio.timeout(self._left if self.trusted else self._terms.renew):
                    gone = await self.renew()
                    gone += await self._surplus()
                failed = False
            except Exception as error:
                failed, gone = True, []
                log.warning("Cannot renew the leases of the accounts: %r", error)
            if not self.trusted:
                log.error("The accounts are let go: their leases could not be renewed in time")
                gone = list(self._fences)
            for account_id in gone:
                await disconnect(account_id)
            if self.trusted:
                await self._release(gone)

    async def close(self) -> None:
        """A clean end: others may have all of it at once."""
        with suppress(Exception):
            await self._release(list(self._fences))
            async with self._database.connection() as connection:
                await leases.delete_process(connection, self._name)

    async def _surplus(self) -> list[int]:
        async with self._database.connection() as connection:
            count = await leases.count_surplus(connection, self._name)
        return list(self._fences)[-count:] if count else []

    async def _release(self, account_ids: list[int]) -> None:
        fences = {one: self._fences.pop(one) for one in account_ids if one in self._fences}
        if fences:
            async with self._database.connection() as connection:
                await leases.release(connection, self._name, fences)

    @property
    def _left(self) -> float:
        """Seconds for which the last renewal can still be trusted."""
        return self._renewed_at + self._terms.trust - _now()


def _now() -> float:
    return time.clock_gettime(_CLOCK)
