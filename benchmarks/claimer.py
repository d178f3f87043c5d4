"""One process that claims and lets go, without a Telegram: DSN, begin, seconds, campaigns …

What the product does between a claim and the wire is done with the product's own parts; each
departure is printed as "campaign slot departed", Unix seconds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import timedelta

from db.pool import Database, open_database
from db.queries import claims
from sender.clock import READINGS, DatabaseClock
from sender.pacing import LOOKAHEAD, Departures, batch_size

DEPARTED: list[tuple[int, float, float]] = []  # told at the end: writing takes its time too


async def main(dsn: str, begin: float, seconds: float, campaigns: list[tuple[int, float]]) -> None:
    """`campaigns` are ids with their intervals in seconds; `begin` is a Unix time, for all."""
    loop, clock = asyncio.get_running_loop(), DatabaseClock()
    database = await open_database(dsn, connections=len(campaigns))
    await asyncio.sleep(begin - time.time())
    until = loop.time() + seconds
    async with asyncio.TaskGroup() as group:
        for campaign_id, interval in campaigns:
            group.create_task(deliver(database, clock, campaign_id, interval, until, group))
    await database.close()
    sys.stdout.writelines(f"{one} {slot:.6f} {departed:.6f}\n" for one, slot, departed in DEPARTED)


async def deliver(
    database: Database,
    clock: DatabaseClock,
    campaign_id: int,
    interval: float,
    until: float,
    group: asyncio.TaskGroup,
) -> None:
    """Claim batch after batch, each a moment before the last one is used up."""
    loop, departures = asyncio.get_running_loop(), Departures(interval)
    async with database.connection() as connection:
        await clock.read(connection, READINGS)
    while loop.time() < until:
        async with database.connection() as connection:
            await clock.read(connection)
            claim = await claims.claim_fresh(
                connection, campaign_id, batch_size(1 / interval), timedelta(seconds=interval)
            )
        if claim is None:
            return
        for row in claim.rows:
            departs = departures.plan(clock.local(row.slot_at), loop.time())
            group.create_task(depart(campaign_id, row.slot_at.timestamp(), departs, departures))
        resume = max(clock.local(claim.next_slot_at), departures.last) - LOOKAHEAD
        await asyncio.sleep(max(0.0, min(resume, until) - loop.time()))


async def depart(campaign_id: int, slot: float, departs: float, departures: Departures) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(max(0.0, departs - loop.time()))
    if (wait := departures.depart(loop.time()) - loop.time()) > 0:
        await asyncio.sleep(wait)
    DEPARTED.append((campaign_id, slot, time.time()))


if __name__ == "__main__":
    dsn, begin, seconds, *pairs = sys.argv[1:]
    campaigns = [(int(i), float(s)) for i, _, s in (pair.partition("=") for pair in pairs)]
    asyncio.run(main(dsn, float(begin), float(seconds), campaigns))
