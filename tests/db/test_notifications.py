"""Waiting for a nudge ends when it is told to."""

from __future__ import annotations

import asyncio

from db.notifications import Notifications
from db.pool import Database


async def test_a_cancellation_that_meets_a_nudge_is_not_lost(database: Database) -> None:
    """Python 3.11's `wait_for` would return the nudge, and whoever waits again would never end."""
    notifications = Notifications(database, "campaign_events")
    await notifications.wait(0)  # it listens

    async def listen() -> None:
        while True:
            await notifications.wait(60)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        listening = group.create_task(listen())
        await asyncio.sleep(0)
        notifications._nudged()
        listening.cancel()
    await notifications.close()
