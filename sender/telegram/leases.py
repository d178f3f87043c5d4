"""Leases of accounts: only one process at a time may connect an account.

Telegram ends a session that two connections use (AUTH_KEY_DUPLICATED). A lease lasts 60 seconds on
the database's clock and is renewed every 15. A process that could not renew for 40 seconds of its
own clock disconnects its accounts. Another process takes an account 30 seconds after its lease has
ended, so that the two never overlap. The process's clock also counts the time in which the process
was frozen or the machine slept.
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

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux: counts sleep, too
_AGAIN_SECONDS = 1.0  # between two tries to take a lease, or to renew after a failure


@dataclass(frozen=True, slots=True)
class Terms:
    """The times of a lease, in seconds.

    `lasts` is its length. `renew` lies between two renewals. `trust` is how long its holder uses it
    after the last renewal. `grace` is how long other processes wait after its end.
    """

    lasts: float = 60.0
    renew: float = 15.0
    trust: float = 40.0
    grace: float = 30.0


class Leases:
    """The leases that one process holds.

    `name` is the process's own, held as a lock (db.process_lock). `at_once`: take a lease of that
    name without waiting, since the process that held it is certainly dead.
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
        self._fences: dict[int, int] = {}  # the fencing token of each lease, by account
        self._refused_at: dict[int, float] = {}  # when a lease could not be taken, by account
        self._renewed_at = float("-inf")

    async def take(self, account_id: int) -> int | None:
        """Return the account's fencing token if this process holds or can take it, else None."""
        now = _now()
        if account_id in self._fences:
            return self._fences[account_id] if self.trusted else None
        if not self.trusted or now - self._refused_at.get(account_id, 0.0) < _AGAIN_SECONDS:
            return None
        grace = timedelta(seconds=self._terms.grace)
        async with self._database.connection() as connection:
            fence = await leases.acquire(
                connection, account_id, self._name, self._lasts, grace, at_once=self._at_once
            )
        if fence is None:
            self._refused_at[account_id] = now
            return None
        self._fences[account_id] = fence
        return fence if self.trusted else None

    @property
    def trusted(self) -> bool:
        """Whether the last renewal is recent enough for the leases to be used."""
        return self._left > 0

    async def renew(self) -> list[int]:
        """Renew the leases; return the accounts that other processes have taken meanwhile."""
        began, held = _now(), dict(self._fences)
        async with self._database.connection() as connection:
            kept = await leases.renew(connection, self._name, self._lasts, held)
        self._renewed_at = began
        gone = [account_id for account_id in held if account_id not in kept]
        for account_id in gone:
            self._fences.pop(account_id, None)
        return gone

    async def keep(self, disconnect: Callable[[int], Awaitable[None]]) -> None:
        """Renew the leases until cancelled.

        `disconnect` is awaited with each account that another process has taken, whose lease could
        not be renewed in time, or that is above the share of this process.
        """
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
                log.error("The accounts are released: their leases could not be renewed in time")
                gone = list(self._fences)
            for account_id in gone:
                await disconnect(account_id)
            if self.trusted:
                await self._release(gone)

    async def close(self) -> None:
        """Release all leases, so that other processes may take them at once."""
        with suppress(Exception):
            await self._release(list(self._fences))
            async with self._database.connection() as connection:
                await leases.delete_process(connection, self._name)

    async def _surplus(self) -> list[int]:
        """Return the accounts that this process holds above its share."""
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
        """The seconds for which the last renewal can still be trusted."""
        return self._renewed_at + self._terms.trust - _now()


def _now() -> float:
    return time.clock_gettime(_CLOCK)
