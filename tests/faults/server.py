"""A Postgres that can be crashed and brought back, and databases that can be set back in time."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import psutil

from db.embedded import EmbeddedPostgres


class PostgresServer:
    """The embedded server in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._embedded = folder, EmbeddedPostgres(folder)

    async def start(self) -> str:
        """Start it, or start it again after a crash; its DSN."""
        return await self._embedded.start()

    async def stop(self) -> None:
        await self._embedded.stop()

    async def crash(self) -> None:
        """It ends at once, as in a crash: every connection dies, recovery follows at the start."""
        pid = int((self._folder / "postmaster.pid").read_text().split("\n", 1)[0])
        postmaster = psutil.Process(pid)
        os.kill(pid, signal.SIGQUIT)
        await asyncio.to_thread(postmaster.wait, 30)


async def cut_connections(dsn: str) -> int:
    """Cut every connection to this database but the one that does it; how many there were."""
    connection = await asyncpg.connect(dsn)
    cut: int = await connection.fetchval(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()
    return cut


async def copy_database(server_dsn: str, source: str, target: str) -> None:
    """Put a copy of the database `source` in place of `target`; neither may have a connection."""
    connection = await asyncpg.connect(server_dsn)
    await connection.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY file_copy")
    await connection.close()
