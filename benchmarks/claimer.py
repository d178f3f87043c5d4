"""One process of the rate benchmark: claims deliveries and departs them, without a Telegram.

Arguments: DSN, begin (Unix time), seconds, and for each campaign "id=interval" (seconds). Claims
and departures are those of the product. Each departure is printed as "campaign slot departed", in
Unix seconds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import timedelta

from db.models.delivery import Claimed
from db.pool import open_database
from db.queries import claims
from sender.background import Background
from sender.pacing.database_clock import READINGS, DatabaseClock
from sender.pacing.departures import LOOKAHEAD, Departures, batch_size, sleep_until
from sender.pacing.late_departures import LateDepartures

STOP_SECONDS = 5.0


class Claimer:
    """Delivers campaigns for `seconds`, from `begins` on (the loop's clock).

    `departed` collects (campaign, slot, departure); the moments are in Unix seconds.
    """

    def __init__(self, dsn: str, begins: float, seconds: float) -> None:
        self._dsn, self._begins, self._until = dsn, begins, begins + seconds
        self._clock, self._background = DatabaseClock(), Background()
        self._stop = asyncio.Event()  # never set
        self.departed: list[tuple[int, float, float]] = []

    async def run(self, campaigns: list[tuple[int, float]]) -> None:
        """Deliver the campaigns, given as (id, interval in seconds), until the time is over."""
        self._database = await open_database(self._dsn, connections=len(campaigns))
        async with asyncio.TaskGroup() as group:
            for campaign_id, interval in campaigns:
                group.create_task(self._deliver(campaign_id, interval))
        await self._background.close(STOP_SECONDS)
        await self._database.close()

    async def _deliver(self, campaign_id: int, interval: float) -> None:
        """Claim batch after batch, each LOOKAHEAD before the last slot of the one before."""
        async with self._database.connection() as connection:
            await self._clock.read(connection, READINGS)
            # Held until the start, so that each campaign has opened a connection by then.
            await sleep_until(self._begins, self._stop)
        lateness = LateDepartures(
            self._database, self._clock, self._background, campaign_id, interval
        )
        departures, loop = lateness.departures, asyncio.get_running_loop()
        while loop.time() < self._until:
            async with self._database.connection() as connection:
                await self._clock.read(connection)
                claim = await claims.claim_fresh(
                    connection, campaign_id, batch_size(1 / interval), timedelta(seconds=interval)
                )
            if claim is None:
                return
            lateness.read_before(self._clock.local(claim.rows[0].slot_at), self._stop)
            for row in claim.rows:
                departs = departures.plan(self._clock.local(row.slot_at), loop.time())
                self._background.start(self._depart(campaign_id, row, departs, departures))
            resume = max(self._clock.local(claim.next_slot_at), departures.last) - LOOKAHEAD
            await sleep_until(min(resume, self._until), self._stop)

    async def _depart(
        self, campaign_id: int, row: Claimed, departs: float, departures: Departures
    ) -> None:
        slot = self._clock.local(row.slot_at)
        await sleep_until(departs, self._stop)
        await departures.depart(slot, self._stop)
        self.departed.append((campaign_id, row.slot_at.timestamp(), time.time()))


async def main(dsn: str, begin: float, seconds: float, campaigns: list[tuple[int, float]]) -> None:
    """Deliver from the Unix time `begin` on, and print the departures afterwards.

    Printing during the run would delay departures.
    """
    begins = asyncio.get_running_loop().time() + begin - time.time()
    claimer = Claimer(dsn, begins, seconds)
    await claimer.run(campaigns)
    sys.stdout.writelines(
        f"{one} {slot:.6f} {departed:.6f}\n" for one, slot, departed in claimer.departed
    )


if __name__ == "__main__":
    dsn, begin, seconds, *pairs = sys.argv[1:]
    campaigns = [(int(i), float(s)) for i, _, s in (pair.partition("=") for pair in pairs)]
    asyncio.run(main(dsn, float(begin), float(seconds), campaigns))
