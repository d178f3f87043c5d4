"""A role that one process at a time has: waiting for it, and stopping when it is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.ui.background import Background
from db.process_lock import ProcessLock

log = logging.getLogger(__name__)


async def stand_by(role: ProcessLock, stop: asyncio.Event) -> bool:
    """Wait until this process has the role. Return False when `stop` is set before."""
    log.info("Standing by: another Predlagator is the %s of this database", role.role)
    async with asyncio.TaskGroup() as group:
        waits = [group.create_task(role.wait()), group.create_task(stop.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    return not stop.is_set()


@asynccontextmanager
async def until_lost(role: ProcessLock, stop: asyncio.Event) -> AsyncIterator[None]:
    """Set `stop` when the role is lost inside the block, which begins with the role taken."""

    async def watch() -> None:
        await role.until_lost()
        log.error("Another Predlagator is the %s of this database now: stopping", role.role)
        stop.set()

    background = Background()
    background.start(watch())
    try:
        yield
    finally:
        await background.close(0)
