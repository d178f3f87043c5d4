"""One living connection per session; invalid bytes affect their own connection only."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
from telethon import errors

from sandbox.faults import Faults
from sandbox.rpc import MtprotoServer
from sandbox.world import World
from tests.sandbox.mtproto.conftest import ANN, Connect

WAITING_CLIENT = """
import asyncio, sys
from telethon import TelegramClient
from telethon.sessions import StringSession

async def main():
    client = TelegramClient(StringSession(sys.argv[1]), 1, "hash")
    await client.connect()
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_a_new_connection_replaces_a_dead_or_frozen_client(
    connect: Connect, server: MtprotoServer, blow: signal.Signals
) -> None:
    session = server.issue_session(ANN)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WAITING_CLIENT, session, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    process.send_signal(blow)
    try:
        assert (await (await connect(ANN, session=session)).get_me()).id == ANN
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\xee\xee\xee\xee" + struct.pack("<I", 40) + bytes(40),
        b"\xef\x0a" + bytes(range(40)),
        struct.pack("<II", 2**31, 0),
        struct.pack("<II", 52, 0) + bytes(44),
        b"\xee\xee\xee\xee" + struct.pack("<I", 0),
        os.urandom(4096),
    ],
    ids=["http", "zeros", "unknown key", "endless", "bad checksum", "empty", "noise"],
)
async def test_invalid_bytes_close_their_own_connection_only(
    client: Any, server: MtprotoServer, garbage: bytes
) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(garbage)
    writer.write_eof()
    async with asyncio.timeout(5):
        await reader.read()
    writer.close()
    assert (await client.get_me()).id == ANN


async def test_a_session_of_an_earlier_run_is_unknown(
    connect: Connect, world: World, key_folder: Path
) -> None:
    first = MtprotoServer(world, Faults(), key_folder)
    await first.start()
    session, port = first.issue_session(ANN), first.port
    await first.close()
    second = MtprotoServer(world, Faults(), key_folder)
    await second.start(port=port)
    with pytest.raises(errors.AuthKeyNotFound):
        await connect(ANN, session=session)
    await second.close()


async def test_closing_leaves_no_task_behind(server: MtprotoServer) -> None:
    before = asyncio.all_tasks()
    connections = [await asyncio.open_connection(server.host, server.port) for _ in range(5)]
    await server.close()
    for reader, writer in connections:
        await reader.read()
        writer.close()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before


async def test_the_server_key_outlives_a_restart_of_the_sandbox(
    world: World, key_folder: Path, server: MtprotoServer
) -> None:
    known = server.key_path.read_text()
    assert MtprotoServer(world, Faults(), key_folder).key_path.read_text() == known
