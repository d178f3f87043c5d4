"""Two job queues on Postgres, set up for throughput as their manuals recommend."""

from __future__ import annotations

import logging
import time

import asyncpg
import procrastinate
from pgqueuer import QueueManager
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

BATCH = 100
CONNECTIONS = 4

logging.getLogger("pgqueuer").setLevel(logging.WARNING)
logging.getLogger("procrastinate").setLevel(logging.WARNING)


async def run_pgqueuer(dsn: str, count: int) -> float:
    """Run `count` empty jobs in batches of 100; return jobs per second."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=CONNECTIONS) as pool:
        queries = Queries(AsyncpgPoolDriver(pool))
        if not await queries.schema_is_installed():
            await queries.install()
        manager = QueueManager(queries)
        done = 0

        @manager.entrypoint("deliver")
        async def deliver(_: Job) -> None:
            nonlocal done
            done += 1

        await pool.execute("TRUNCATE pgqueuer, pgqueuer_log")
        await queries.enqueue(["deliver"] * count, [None] * count, [0] * count)
        began = time.perf_counter()
        await manager.run(batch_size=BATCH, mode=QueueExecutionMode.drain)
        seconds = time.perf_counter() - began
    assert done == count
    return count / seconds


async def run_procrastinate(dsn: str, count: int) -> float:
    """Run `count` empty jobs by one worker; return jobs per second."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn))
    done = 0

    @app.task(name="deliver")
    async def deliver() -> None:
        nonlocal done
        done += 1

    async with app.open_async():
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        await deliver.batch_defer_async(*({} for _ in range(count)))
        began = time.perf_counter()
        await app.run_worker_async(
            wait=False, concurrency=BATCH, install_signal_handlers=False, delete_jobs="never"
        )
        seconds = time.perf_counter() - began
    assert done == count
    return count / seconds
