"""The delay proxy makes a server distant: later, in order, and no slower than that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from benchmarks.delay_proxy import Streams, delay_proxy, distant
from db.pool import Database, open_database

ONE_WAY = 0.05
ROUND_TRIP = 2 * ONE_WAY
BUSY = 3.0  # seconds that a busy machine may add


@asynccontextmanager
async def echo() -> AsyncIterator[Streams]:
    """Return a connection through the proxy to a server that sends everything back."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()
        writer.write(b"the end")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with delay_proxy(lambda: asyncio.open_connection("127.0.0.1", port), ONE_WAY) as through:
        reader, writer = await asyncio.open_connection("127.0.0.1", through)
        yield reader, writer
        writer.close()
    server.close()


async def test_an_answer_comes_a_round_trip_later() -> None:
    async with echo() as (reader, writer):
        for _ in range(3):
            began = time.perf_counter()
            writer.write(b"ping")
            assert await reader.readexactly(4) == b"ping"
            assert ROUND_TRIP <= time.perf_counter() - began < ROUND_TRIP + BUSY


async def test_what_does_not_wait_travels_together_and_in_order() -> None:
    """One after another, these would take 200 round trips, which is 20 s."""
    async with echo() as (reader, writer):
        began = time.perf_counter()
        for n in range(200):
            writer.write(b"%04d" % n)
            await asyncio.sleep(0.001)  # a packet of its own
        answers = await reader.readexactly(4 * 200)
        assert time.perf_counter() - began < ROUND_TRIP + BUSY
        assert answers == b"".join(b"%04d" % n for n in range(200))


async def test_throughput_is_not_limited() -> None:
    """A proxy that held one block at a time would pass 64 kB in a delay: 20 MB in 16 s."""
    sent = bytes(range(256)) * 4096 * 20
    async with echo() as (reader, writer):
        began = time.perf_counter()
        writer.write(sent)
        assert await reader.readexactly(len(sent)) == sent
        assert time.perf_counter() - began < ROUND_TRIP + BUSY


async def test_the_end_arrives_after_what_was_sent_before_it() -> None:
    async with echo() as (reader, writer):
        began = time.perf_counter()
        writer.write(b"last words, ")
        writer.write_eof()
        assert await reader.read() == b"last words, the end"
        assert time.perf_counter() - began >= ROUND_TRIP


async def test_a_server_that_is_not_there_ends_the_connection() -> None:
    async with delay_proxy(lambda: asyncio.open_connection("127.0.0.1", 1), ONE_WAY) as through:
        reader, _ = await asyncio.open_connection("127.0.0.1", through)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""


async def test_a_database_is_distant_through_it(database: Database) -> None:
    async with distant(database.dsn, ONE_WAY) as dsn:
        far = await open_database(dsn, connections=1)
        async with far.connection() as connection:
            began = time.perf_counter()
            assert await connection.fetchval("SELECT 1") == 1
            assert time.perf_counter() - began >= ROUND_TRIP
        await far.close()
