"""Fixtures: a small world behind the MTProto server, and real Telethon clients."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

from sandbox.faults import Faults
from sandbox.rpc import MtprotoServer
from sandbox.world import PersonRecord, World

ANN, BOB, EVE = 101, 102, 103

Connect = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shared folder for the server's RSA key, which takes about a second to create."""
    return tmp_path_factory.mktemp("server_key")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Ann, who sends; Bob and Eve, who receive."""
    world = World(tmp_path)
    world.add(PersonRecord(ANN, "Ann", "Sender", username="ann_sends", phone="12025550101"))
    world.add(PersonRecord(BOB, "Bob", username="bob_reads", phone="12025550102"))
    world.add(PersonRecord(EVE, "Eve", username="eve_reads", phone="12025550103"))
    return world


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
async def server(world: World, faults: Faults, key_folder: Path) -> AsyncIterator[MtprotoServer]:
    server = MtprotoServer(world, faults, key_folder)
    await server.start()
    rsa.add_key(server.key_path.read_text(), old=False)
    TelegramClient._config = None  # Telethon keeps the addresses of the first server for all
    yield server
    await server.close()
    world.log.close()


@pytest.fixture
async def connect(server: MtprotoServer) -> AsyncIterator[Connect]:
    """`await connect(person_id)` returns a client of this person; None: a client without a login.

    `session` takes a string from `server.issue_session`, for two clients that share one. The
    clients do not retry, so that errors surface at once.
    """
    clients: list[Any] = []

    async def connect(person_id: int | None, *, session: str = "", **options: Any) -> Any:
        if person_id is not None:
            session = session or server.issue_session(person_id)
        client = TelegramClient(
            StringSession(session),
            1,
            "hash",
            **{
                "request_retries": 0,
                "raise_last_call_error": True,
                "flood_sleep_threshold": 0,
                "auto_reconnect": False,
                **options,
            },
        )
        if not session:
            client.session.set_dc(2, server.host, server.port)
        clients.append(client)
        await client.connect()
        return client

    yield connect
    while clients:
        await clients.pop().disconnect()
    # A client that could not connect leaves a future whose exception no one retrieves. Its report,
    # made when it is collected, may come inside `ast.parse` of another test: a SystemError in 3.11.
    gc.collect()


@pytest.fixture
async def client(connect: Connect) -> Any:
    """Ann's client, signed in."""
    return await connect(ANN)


@pytest.fixture
async def bob(client: Any) -> Any:
    """Bob as an input peer for Ann's client."""
    return await client.get_input_entity("bob_reads")


@pytest.fixture
def sent(world: World) -> Callable[[], list[dict[str, Any]]]:
    """Reads the delivered messages from the log on disk."""
    return lambda: [entry for entry in world.log if entry["kind"] == "message"]
