"""The matrix's options, its seed and its rig. `make faults ARGS="--kills 50 --seed 1"`."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from db.migrate import migrate
from db.pool import open_database
from tests.faults.ledger import Ledger, Line
from tests.faults.rig import SENDER, WHOLE, Rig
from tests.faults.server import PostgresServer
from tests.faults.verdict import Verdict

Record: TypeAlias = Callable[..., None]

_LEDGER = pytest.StashKey[Ledger]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--long", action="store_true", help="the long form of the fault matrix")
    group.addoption("--kills", type=int, help="random kills (short form: 5, long form: 200)")
    group.addoption("--seed", type=int, help="repeat a run")
    group.addoption("--table", type=Path, help="write the result to this page")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "faults: the fault matrix, a few minutes in its short form")
    config.addinivalue_line("markers", "whole: the bot runs too, in the short form as well")
    config.addinivalue_line("markers", "long: only in the long form of the fault matrix")
    given = config.getoption("seed", None)
    seed = random.SystemRandom().randrange(2**32) if given is None else given
    config.stash[_LEDGER] = Ledger(seed, "long" if config.getoption("long", False) else "short")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("faults")
            if item.get_closest_marker("long") and not config.getoption("long", False):
                item.add_marker(pytest.mark.skip(reason="make faults"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    ledger = session.config.stash[_LEDGER]
    if (path := session.config.getoption("table", None)) is not None and ledger.lines:
        ledger.write(path)


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("long", False))


@pytest.fixture
def kills(request: pytest.FixtureRequest, long: bool) -> int:
    return request.config.getoption("kills", None) or (200 if long else 5)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """The test's own dice, from the seed of the run; printed, and shown when a test fails."""
    seed = f"{request.config.stash[_LEDGER].seed} {request.node.name}"
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """`record("what struck", verdict, hits=n)` puts a line into the table."""
    began = time.monotonic()

    def note(fault: str, verdict: Verdict, *, hits: int = 1, processes: int = 1) -> None:
        seconds = time.monotonic() - began
        request.config.stash[_LEDGER].lines.append(Line(fault, processes, hits, verdict, seconds))

    return note


@pytest.fixture
def command(request: pytest.FixtureRequest, long: bool) -> tuple[str, ...]:
    """What the first process is told. The short form spends no time on the bot, which delivers
    nothing, but for tests that are marked `whole`."""
    return WHOLE if long or request.node.get_closest_marker("whole") else SENDER


@pytest.fixture
async def rig(
    tmp_path: Path, dsn: str, key_folder: Path, chance: random.Random, command: tuple[str, ...]
) -> AsyncIterator[Rig]:
    """One process of the product, not started yet, on a database of this test's own."""
    async with Rig(tmp_path, dsn, key_folder, chance, command=command) as rig:
        yield rig


@pytest.fixture
async def several(
    tmp_path: Path,
    dsn: str,
    key_folder: Path,
    chance: random.Random,
    command: tuple[str, ...],
    processes: int,
) -> AsyncIterator[Rig]:
    """As many processes as the test says with its parameter `processes`."""
    async with Rig(tmp_path, dsn, key_folder, chance, processes, command=command) as rig:
        yield rig


@pytest.fixture
def server(postgres_folder: Path) -> PostgresServer:
    """A Postgres of the test's own, which it may hurt."""
    return PostgresServer(postgres_folder)


@pytest.fixture
async def own_rig(
    tmp_path: Path,
    server: PostgresServer,
    key_folder: Path,
    chance: random.Random,
    command: tuple[str, ...],
) -> AsyncIterator[Rig]:
    """A rig on `server`."""
    dsn = await server.start()
    database = await open_database(dsn, connections=1)
    await migrate(database)
    await database.close()
    async with Rig(tmp_path, dsn, key_folder, chance, command=command) as rig:
        yield rig
    await server.stop()
