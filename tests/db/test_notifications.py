"""Waiting for a notification ends when it is cancelled."""

from __future__ import annotations

import asyncio

from db.notifications import Notifications
from db.pool import Database


async def test_a_cancellation_during_a_notification_is_not_lost(database: Database) -> None:
    """`wait_for` of Python 3.11 returns the result instead, and a loop would never end."""
    notifications = Notifications(database, "campaign_events")
    await notifications.wait(0)  # it listens

    async def listen() -> None:
        while True:
            await notifications.wait(60)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        listening = group.create_task(listen())
        await asyncio.sleep(0)
        notifications._notified()
        listening.cancel()
    await notifications.close()
