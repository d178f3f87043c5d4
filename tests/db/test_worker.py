"""Long-running operations: run once, resumed after a death, cancelled, fenced, told about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from db.models.operation import Operation, OperationEvent, OperationKind, OperationStatus
from db.pool import Connection, Database
from db.queries import operations
from db.work import ClaimLost, Context, TryLater, Work
from db.worker import MOST_ATTEMPTS, Worker

KIND = OperationKind.EXPORT
CHUNKS = 5
PATIENCE = 60.0


class Counting:
    """Work that writes a row for each of its chunks, and may stop between two of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stops: dict[int, asyncio.Event] = {}
        self.errors: list[Exception] = []
        self.began, self.told = 0, list[Operation]()

    async def run(self, context: Context) -> None:
        self.began += 1
        for chunk in range(context.operation.progress.done, CHUNKS):
            if chunk in self.stops:
                await self.stops[chunk].wait()
            if self.errors:
                raise self.errors.pop()
            async with self.database.transaction() as connection:
                await connection.execute("INSERT INTO chunks VALUES ($1)", chunk)
                await context.checkpoint(connection, chunk + 1, chunk=chunk)

    async def undo(self, connection: Connection, operation: Operation) -> None:
        assert operation.checkpoint.get("chunk", -1) + 1 == operation.progress.done
        await connection.execute("DELETE FROM chunks")

    async def notify(self, operation: Operation) -> None:
        self.told.append(operation)


@pytest.fixture
async def work(database: Database) -> Counting:
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE chunks (chunk integer)")
    return Counting(database)


@asynccontextmanager
async def working(database: Database, work: Work, name: str = "bot") -> AsyncIterator[None]:
    """A worker inside, gone afterwards."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(Worker(database, name, {KIND: work}).run())
        yield
        task.cancel()


async def queue(database: Database, subject_id: int = 1) -> int:
    async with database.connection() as connection:
        operation_id = await operations.add(connection, KIND, subject_id)
    assert operation_id is not None
    return operation_id


async def until(database: Database, holds: str) -> None:
    """Return once `holds` is true of an operation."""
    async with asyncio.timeout(PATIENCE), database.connection() as connection:
        asked = f"SELECT EXISTS (SELECT FROM operations WHERE {holds})"  # noqa: S608
        while not await connection.fetchval(asked):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def until_true(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def chunks(database: Database) -> list[int]:
    async with database.connection() as connection:
        return [row["chunk"] for row in await connection.fetch("SELECT chunk FROM chunks")]


async def test_an_operation_is_run_and_its_end_is_told_once(
    database: Database, work: Counting
) -> None:
    async with working(database, work):
        await queue(database)
        await until(database, "status = 'done' AND notified_at IS NOT NULL")
    async with working(database, work):
        await queue(database, 2)
        await until(database, "subject_id = 2 AND notified_at IS NOT NULL")
    assert [one.subject_id for one in work.told] == [1, 2]
    assert sorted(await chunks(database)) == sorted([*range(CHUNKS), *range(CHUNKS)])


async def dead_claim(database: Database, name: str, done: int) -> Context:
    """What a process leaves that was killed after `done` chunks: a claim, and its chunks."""
    async with database.transaction() as connection:
        claimed = await operations.claim(connection, [KIND], name)
        assert claimed is not None
        context = Context(claimed)
        for chunk in range(done):
            await connection.execute("INSERT INTO chunks VALUES ($1)", chunk)
            await context.checkpoint(connection, chunk + 1, chunk=chunk)
    return context


async def test_a_restarted_process_resumes_at_the_last_chunk_at_once(
    database: Database, work: Counting
) -> None:
    await queue(database)
    await dead_claim(database, "bot", 3)
    async with working(database, work, "bot"):
        await until(database, "status = 'done'")
    assert await chunks(database) == list(range(CHUNKS))


async def test_another_process_takes_over_when_the_heartbeats_have_ended(
    database: Database, work: Counting
) -> None:
    await queue(database)
    await dead_claim(database, "dead", 2)
    async with working(database, work, "other"):
        await asyncio.sleep(0.2)
        assert work.began == 0
        async with database.connection() as connection:
            await connection.execute("UPDATE operations SET claimed_until = now()")
            await connection.execute("SELECT pg_notify('operations', '')")
        await until(database, "status = 'done'")
    assert await chunks(database) == list(range(CHUNKS))


async def test_who_lost_the_claim_can_write_no_more(database: Database, work: Counting) -> None:
    await queue(database)
    frozen = await dead_claim(database, "bot", 1)
    async with working(database, work, "bot"):
        await until(database, "status = 'done'")
    async with database.connection() as connection:
        with pytest.raises(ClaimLost):
            await frozen.checkpoint(connection, 2)
        with pytest.raises(ClaimLost):
            await frozen.complete(connection)
        with pytest.raises(ClaimLost):
            await frozen.end(connection, OperationEvent.FAIL)
        await frozen.release(connection)
        assert await operations.heartbeat(connection, {frozen.operation.id: frozen.token}) == set()
    assert await chunks(database) == list(range(CHUNKS))
    await until(database, "status = 'done'")


async def test_a_worker_that_stops_gives_back_what_is_under_way(
    database: Database, work: Counting
) -> None:
    work.stops[2] = asyncio.Event()
    await queue(database)
    async with working(database, work):
        await until(database, "done = 2")
    await until(database, "status = 'queued' AND attempts = 0")
    work.stops.clear()
    async with working(database, work, "another"):
        await until(database, "status = 'done'")
    assert await chunks(database) == list(range(CHUNKS))


async def test_two_workers_run_an_operation_once(database: Database, work: Counting) -> None:
    for subject_id in range(6):
        await queue(database, subject_id)
    async with working(database, work, "one"), working(database, work, "two"):
        for subject_id in range(6):
            await until(database, f"subject_id = {subject_id} AND status = 'done'")
    assert work.began == 6
    assert len(await chunks(database)) == 6 * CHUNKS


async def test_what_is_asked_to_stop_leaves_nothing(database: Database, work: Counting) -> None:
    work.stops[2] = asyncio.Event()
    await queue(database)
    async with working(database, work):
        await until(database, "done = 2")
        async with database.connection() as connection:
            await connection.execute("UPDATE operations SET cancel_requested_at = now()")
        work.stops[2].set()
        await until(database, "status = 'cancelled' AND notified_at IS NOT NULL")
    assert await chunks(database) == []
    assert [one.status for one in work.told] == [OperationStatus.CANCELLED]


async def test_what_fails_again_and_again_has_failed_and_leaves_nothing(
    database: Database, work: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.worker.RETRY_SECONDS", 0.01)
    work.errors = [ValueError("broken")] * MOST_ATTEMPTS
    await queue(database)
    async with working(database, work):
        await until_true(lambda: work.told)
    assert work.began == MOST_ATTEMPTS
    assert [(one.status, one.reason) for one in work.told] == [
        (OperationStatus.FAILED, "ValueError('broken')")
    ]
    assert await chunks(database) == []


async def test_a_passing_trouble_is_waited_out(
    database: Database, work: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.worker.RETRY_SECONDS", 0.01)
    work.errors = [TryLater(0.01), ValueError("once")]
    await queue(database)
    async with working(database, work):
        await until(database, "status = 'done'")
    assert await chunks(database) == list(range(CHUNKS))


async def test_what_kills_its_process_each_time_has_failed(
    database: Database, work: Counting
) -> None:
    await queue(database)
    for _ in range(MOST_ATTEMPTS):
        await dead_claim(database, "bot", 0)
        async with database.connection() as connection:
            await operations.expire(connection, [KIND], "bot")
    async with working(database, work):
        await until(database, "status = 'failed'")
    assert work.began == 0
