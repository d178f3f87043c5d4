"""The database that the settings name: opened, migrated, and kept up if it is the embedded one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.settings import Settings
from bot.ui.background import Background
from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.models.errors import DatabaseDown
from db.pool import Database, open_database

log = logging.getLogger(__name__)

END_SECONDS = 10  # for a clean end without a database


@asynccontextmanager
async def open_configured(settings: Settings, stop: asyncio.Event) -> AsyncIterator[Database]:
    """Open the configured Postgres, or start and stop the embedded one; either is migrated.

    The embedded one is started again when it dies. When that fails `stop` is set, and DatabaseDown
    is raised in the end.
    """
    embedded: EmbeddedPostgres | None = None
    if settings.database_url is not None:
        dsn = settings.database_url.get_secret_value()
    else:
        embedded = EmbeddedPostgres(settings.data_dir / "postgres")
        dsn = await embedded.start()
    try:
        database = await open_database(dsn)
        try:
            await migrate(database)
            async with _watched(embedded, stop):
                yield database
        finally:
            await database.close()
    finally:
        if embedded is not None:
            await embedded.stop()


@asynccontextmanager
async def _watched(server: EmbeddedPostgres | None, stop: asyncio.Event) -> AsyncIterator[None]:
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
