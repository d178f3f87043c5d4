"""The embedded Postgres while the product uses it: kept up, or the reason why the product ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.ui.background import Background
from db.embedded import EmbeddedPostgres
from db.models.errors import DatabaseDown

log = logging.getLogger(__name__)

END_SECONDS = 10  # for a clean end without a database


@asynccontextmanager
async def watched(server: EmbeddedPostgres | None, stop: asyncio.Event) -> AsyncIterator[None]:
    """Keep the embedded server up inside the block.

    When it is down for good, set `stop`, cancel the block if it has not ended within END_SECONDS,
    and raise DatabaseDown.
    """
    if server is None:
        yield
        return
    block, background = asyncio.current_task(), Background()
    down: list[DatabaseDown] = []

    async def watch() -> None:
        try:
            await server.watch()
        except DatabaseDown as error:
            log.error("The database is down for good: stopping")
            down.append(error)
            stop.set()
            while block is not None:
                await asyncio.sleep(END_SECONDS)
                block.cancel()

    background.start(watch())
    try:
        yield
    finally:
        await background.close(0)
        if down:
            raise down[0]
