"""The embedded Postgres starts again after a power cut, whichever of its files that tore."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from db.embedded import EmbeddedPostgres
from tests.db.servers import has_ended, kill, postmaster
from tests.postgres import memory_folder, open_folder

FILES = (
    "postmaster.pid",
    "postmaster.opts",
    ".s.PGSQL.5432",
    ".s.PGSQL.5432.lock",
    ".handle_pids.json",
    "pg_hba.conf",
    "pg_ident.conf",
    "log",
    "../postgres.lock",
    "../postgres.in-use",
    "../postgres.running",
)
TEARS = {
    "empty": b"",
    "zeros": b"\0" * 512,
    "half": b"12",
    "garbage": b"\xff[{]\n\n-",
    "pid of init": b"1\n",
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Return the folder of data that were once used, and whose server was killed."""
    with open_folder(memory_folder()) as parent:
        yield parent / "postgres"


@contextmanager
def program_of(folder: Path) -> Iterator[int]:
    """Run another program as the owner of `folder`, and lend its pid."""
    owner = folder.stat().st_uid if os.geteuid() == 0 else None
    other = subprocess.Popen(["sleep", "60"], user=owner)
    yield other.pid
    other.kill()
    other.wait()


async def count(folder: Path) -> int:
    """Start the server, add a row, kill the server; return how many rows there were."""
    connection = await asyncpg.connect(await EmbeddedPostgres(folder).start())
    await connection.execute("CREATE TABLE IF NOT EXISTS starts (id serial)")
    rows: int = await connection.fetchval("SELECT count(*) FROM starts")
    await connection.execute("INSERT INTO starts DEFAULT VALUES")
    connection.terminate()
    kill(folder)
    return rows


@pytest.mark.parametrize("tear", TEARS)
async def test_a_torn_file_stops_no_start(folder: Path, tear: str) -> None:
    before = await count(folder)
    for starts, name in enumerate(FILES, 1):
        file = folder / name
        if name == ".s.PGSQL.5432":
            file.unlink()
        file.write_bytes(TEARS[tear])
        assert await count(folder) == before + starts, name


async def test_a_pid_that_another_program_has_now_stops_no_start(folder: Path) -> None:
    before = await count(folder)
    files = [folder / "postmaster.pid", folder / ".s.PGSQL.5432.lock"]
    told = [file.read_text().split("\n", 1)[1] for file in files]
    with program_of(folder) as pid:
        for file, rest in zip(files, told, strict=True):
            file.write_text(f"{pid}\n{rest}")
        assert await count(folder) == before + 1


async def test_a_pid_that_another_postgres_has_now_stops_no_start(
    folder: Path, postgres_folder: Path
) -> None:
    before = await count(folder)
    other = EmbeddedPostgres(postgres_folder)
    await other.start()
    running, file = postmaster(postgres_folder), folder / "postmaster.pid"
    file.write_text(f"{running.pid}\n" + file.read_text().split("\n", 1)[1])
    assert await count(folder) == before + 1
    assert running.is_running()
    await other.stop()


async def test_a_killed_initdb_stops_no_start(postgres_folder: Path) -> None:
    half = postgres_folder.with_name("postgres.new")
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert await count(postgres_folder) == 0
    assert not half.exists()


async def test_children_that_outlive_their_postmaster_are_ended(postgres_folder: Path) -> None:
    connection = await asyncpg.connect(await EmbeddedPostgres(postgres_folder).start())
    child = psutil.Process(await connection.fetchval("SELECT pg_backend_pid()"))
    child.suspend()
    postmaster(postgres_folder).kill()
    server = EmbeddedPostgres(postgres_folder)
    other = await asyncpg.connect(await server.start())
    assert await other.fetchval("SELECT 1") == 1
    assert has_ended(child)
    await other.close()
    connection.terminate()
    await server.stop()


async def test_data_without_pg_control_are_refused(folder: Path) -> None:
    await count(folder)
    control, away = folder / "global" / "pg_control", folder / "pg_control"
    control.rename(away)
    try:
        with pytest.raises(Exception, match=r"no global/pg_control.*backup"):
            await EmbeddedPostgres(folder).start()
    finally:
        away.rename(control)
