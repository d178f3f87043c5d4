"""A watched embedded Postgres is started again when it dies, and says when it cannot be."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from db.embedded import EmbeddedPostgres
from db.embedded import server as embedded
from db.embedded.processes import processes_of
from db.models.errors import DatabaseDown
from tests.db.servers import has_ended, hold, kill, postmaster, release
from tests.waiting import SECONDS, until


@asynccontextmanager
async def watched(server: EmbeddedPostgres) -> AsyncIterator[asyncio.Task[None]]:
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(server.watch())
        yield watching
        watching.cancel()


def is_another(folder: Path, former: int) -> Callable[[], bool]:
    def check() -> bool:
        try:
            return postmaster(folder).pid != former
        except Exception:
            return False  # its file is not written yet

    return check


async def use(dsn: str) -> None:
    """Connect as soon as the server is ready."""
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                connection = await asyncpg.connect(dsn)
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.05)
                continue
            assert await connection.fetchval("SELECT 1") == 1
            await connection.close()
            return


async def test_a_killed_server_is_started_again(postgres_folder: Path) -> None:
    server = EmbeddedPostgres(postgres_folder)
    dsn = await server.start()
    async with watched(server):
        for _ in range(2):
            was = postmaster(postgres_folder)
            was.kill()
            await until(is_another(postgres_folder, was.pid))
            await use(dsn)
    running = postmaster(postgres_folder)
    await server.stop()
    await until(lambda: has_ended(running))


async def test_of_several_watchers_one_starts_it_again(postgres_folder: Path) -> None:
    other = await hold(postgres_folder)  # whose server it is
    servers = [EmbeddedPostgres(postgres_folder) for _ in range(3)]
    dsns = [await server.start() for server in servers]
    async with asyncio.TaskGroup() as group:
        watching = [group.create_task(server.watch()) for server in servers]
        for _ in range(2):
            was = postmaster(postgres_folder)
            was.kill()
            await until(is_another(postgres_folder, was.pid))
            for dsn in dsns:
                await use(dsn)
            await asyncio.sleep(2 * embedded.WATCH_SECONDS)
            assert postmaster(postgres_folder).is_running()
        for task in watching:
            task.cancel()
    running = postmaster(postgres_folder)
    for server in servers:
        await server.stop()
    assert not has_ended(running)
    await release(other)
    await until(lambda: has_ended(running))


async def test_a_server_without_its_socket_is_started_again(postgres_folder: Path) -> None:
    server = EmbeddedPostgres(postgres_folder)
    dsn = await server.start()
    async with watched(server):
        was = postmaster(postgres_folder).pid
        await asyncio.to_thread((postgres_folder / ".s.PGSQL.5432").unlink)
        await until(is_another(postgres_folder, was))
        await use(dsn)
    await server.stop()


async def test_lost_data_are_not_replaced_by_an_empty_database(
    postgres_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "BACK_OFF", (0, 0))
    server = EmbeddedPostgres(postgres_folder)
    await server.start()
    kill(postgres_folder)
    await asyncio.to_thread(shutil.rmtree, postgres_folder)
    with pytest.raises(DatabaseDown, match="are gone"):
        async with asyncio.timeout(SECONDS):
            await server.watch()
    await server.stop()
    assert list(postgres_folder.parent.glob("postgres/*")) == []


async def test_a_server_that_keeps_dying_is_given_up(
    postgres_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "MOST_DEATHS", 3)
    server = EmbeddedPostgres(postgres_folder)
    dsn = await server.start()

    async def keep_killing() -> None:
        while True:
            was = postmaster(postgres_folder)
            was.kill()
            await until(is_another(postgres_folder, was.pid))
            await use(dsn)

    async with asyncio.TaskGroup() as group:
        killing = group.create_task(keep_killing())
        with pytest.raises(DatabaseDown, match=r"died 3 times within 10 minutes\. .*log"):
            await server.watch()
        killing.cancel()
    await server.stop()


async def test_a_server_is_not_left_behind_by_a_stop_while_it_is_started_again(
    postgres_folder: Path,
) -> None:
    server = EmbeddedPostgres(postgres_folder)
    await server.start()
    async with watched(server):
        postmaster(postgres_folder).kill()
        await asyncio.sleep(embedded.WATCH_SECONDS)
    await server.stop()
    assert processes_of(postgres_folder) == []
    other = EmbeddedPostgres(postgres_folder)
    await other.start()
    await other.stop()
