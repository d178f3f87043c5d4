"""A TCP proxy before Postgres that delays each direction, as a distant server would.

It delays bytes and limits nothing: what is sent without waiting for an answer travels at once, in
order. The TCP handshake is not delayed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TypeAlias

from db.dsn import Dsn

READ_BYTES = 2**16

Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial: TypeAlias = Callable[[], Awaitable[Streams]]


@asynccontextmanager
async def distant(dsn: Dsn, seconds: float) -> AsyncIterator[Dsn]:
    """Yield an address that leads to the first host of `dsn`, `seconds` away in each direction."""
    host, port = dsn.hosts[0]

    async def dial() -> Streams:
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async with delay_proxy(dial, seconds) as proxy_port:
        yield replace(dsn, hosts=(("127.0.0.1", proxy_port),))


@asynccontextmanager
async def delay_proxy(dial: Dial, seconds: float) -> AsyncIterator[int]:
    """Serve on a port of 127.0.0.1, which is yielded; `dial` opens each connection's other end.

    On exit all connections are cut.
    """
    open_ends: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        open_ends.add(writer)
        try:
            with suppress(OSError):
                there_reader, there_writer = await dial()
                ends.add(there_writer)
                open_ends.add(there_writer)
                await asyncio.gather(
                    _forward(reader, there_writer, seconds), _forward(there_reader, writer, seconds)
                )
        finally:
            for end in ends:
                end.transport.abort()
            open_ends.difference_update(ends)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for end in open_ends:
            end.transport.abort()


async def _forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
) -> None:
    """Write what is read, `seconds` after it was read, and its end, too.

    A connection that is cut counts as its end.
    """
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def read() -> None:
        data = b"at first"
        while data:
            try:
                data = await reader.read(READ_BYTES)
            except ConnectionError:
                data = b""
            under_way.put_nowait((loop.time() + seconds, data))

    async def write() -> None:
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(due - loop.time())
            if not data:
                break
            writer.write(data)
            with suppress(ConnectionError):  # the rest of what is under way is lost
                await writer.drain()
        with suppress(OSError):
            writer.write_eof()

    await asyncio.gather(read(), write())
