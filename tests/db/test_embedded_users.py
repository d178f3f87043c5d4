"""The embedded Postgres as root, as an ordinary user, and as a user who is refused."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import stat
from pathlib import Path

import asyncpg
import psutil
import pytest

from db.embedded import EmbeddedPostgres, processes, programs
from db.embedded import postmaster as found
from db.models.errors import DatabaseDown
from tests.db.servers import another_user, as_user, hold, postmaster, release


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def groups_of(process: psutil.Process) -> set[int]:
    """Return every group of a process, also the supplementary ones."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("Groups:")]
    return {*process.gids(), *map(int, line.split()[1:])}


def give_to_root(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 0, 0)


async def test_as_root_the_server_has_no_rights_of_root(postgres_folder: Path) -> None:
    another_user()
    server = EmbeddedPostgres(postgres_folder)
    await server.start()
    process = postmaster(postgres_folder)
    assert 0 not in process.uids()
    assert 0 not in groups_of(process)
    await server.stop()


async def test_as_root_data_that_root_restored_are_given_to_the_server(
    postgres_folder: Path,
) -> None:
    another_user()
    server = EmbeddedPostgres(postgres_folder)
    await server.start()
    await server.stop()
    give_to_root(postgres_folder)
    connection = await asyncpg.connect(await server.start())
    await connection.close()
    await server.stop()


async def test_as_root_programs_in_a_closed_folder_are_copied(
    postgres_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_user()
    postgres_folder.parent.chmod(0o755)
    closed = postgres_folder.parent / "closed"
    closed.mkdir(mode=0o700)
    wheel = programs.IN_WHEEL.parents[1]
    for name in (wheel.name, f"{wheel.name}.libs"):
        shutil.copytree(wheel.parent / name, closed / name)
    inside = closed / programs.IN_WHEEL.relative_to(wheel.parent)
    monkeypatch.setattr(programs, "IN_WHEEL", inside)
    monkeypatch.setattr(programs, "CACHE", postgres_folder.parent / "cache")

    server = EmbeddedPostgres(postgres_folder)
    for _ in range(2):  # the second time the copy is torn
        connection = await asyncpg.connect(await server.start())
        await connection.close()
        running = Path(postmaster(postgres_folder).exe())
        assert running.is_relative_to(programs.CACHE)
        await server.stop()
        await asyncio.to_thread(running.write_bytes, b"")
    assert mode(closed) == 0o700

    programs.CACHE.chmod(0o777)
    with pytest.raises(DatabaseDown, match="such as /opt"):
        await server.start()


def start_as(folder: Path) -> str:
    """Start the server in `folder`, and return the DSN's answer, or the sentence of a refusal."""

    async def start() -> str:
        server = EmbeddedPostgres(folder)
        connection = await asyncpg.connect(await server.start())
        told = str(await connection.fetchval("SELECT 'inside'"))
        await connection.close()
        await server.stop()
        return told

    return asyncio.run(start())


def test_an_ordinary_user_needs_no_root(postgres_folder: Path) -> None:
    user = another_user()
    os.chown(postgres_folder.parent, user.pw_uid, user.pw_gid)
    assert as_user(user, lambda: start_as(postgres_folder)) == "inside"
    assert postgres_folder.stat().st_uid == user.pw_uid
    assert start_as(postgres_folder) == "inside"  # root serves them as their owner
    assert as_user(user, lambda: start_as(postgres_folder)) == "inside"


def test_the_data_of_another_user_are_refused_with_a_sentence(postgres_folder: Path) -> None:
    user = another_user()
    assert start_as(postgres_folder) == "inside"
    postgres_folder.parent.chmod(0o755)
    told = as_user(user, lambda: start_as(postgres_folder))
    owner = pwd.getpwuid(postgres_folder.stat().st_uid).pw_name
    assert f"belongs to {owner}, but Predlagator runs as nobody" in told


def test_a_user_without_a_name_is_refused_with_a_sentence(postgres_folder: Path) -> None:
    another_user()
    unnamed = pwd.struct_passwd(("", "", 54321, 54321, "", "/", ""))
    os.chown(postgres_folder.parent, 54321, 54321)
    assert "has no name on this machine" in as_user(unnamed, lambda: start_as(postgres_folder))


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(postgres_folder: Path) -> None:
    user = another_user()
    postgres_folder.parent.chmod(0o755)
    told = as_user(user, lambda: start_as(postgres_folder))
    assert told.startswith("DatabaseDown: The embedded Postgres in")
    assert "Permission denied" in told


async def started_at(server: EmbeddedPostgres) -> object:
    connection = await asyncpg.connect(await server.start())
    moment: object = await connection.fetchval("SELECT pg_postmaster_start_time()")
    await connection.close()
    return moment


@pytest.fixture
def other_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """See no process of a server, as in another container that mounts the same volume."""

    def see_nothing(_folder: Path) -> list[psutil.Process]:
        return []

    monkeypatch.setattr(processes, "processes_of", see_nothing)
    monkeypatch.setattr(found, "ORPHANS_SECONDS", 0.5)


@pytest.mark.usefixtures("other_container")
async def test_the_server_of_another_container_is_used(postgres_folder: Path) -> None:
    other = await hold(postgres_folder)
    process = postmaster(postgres_folder)
    servers = EmbeddedPostgres(postgres_folder), EmbeddedPostgres(postgres_folder)
    assert await started_at(servers[0]) == await started_at(servers[1])
    for server in servers:
        await server.stop()
    assert process.is_running()
    await release(other)
    assert not process.is_running()


@pytest.mark.usefixtures("other_container")
async def test_a_second_server_never_runs_on_the_same_data(postgres_folder: Path) -> None:
    """The server of another container has lost its socket, and its pid means nothing here."""
    other = await hold(postgres_folder)
    process = postmaster(postgres_folder)
    for name in (".s.PGSQL.5432", "postmaster.pid"):
        await asyncio.to_thread((postgres_folder / name).unlink)
    with pytest.raises(DatabaseDown, match="in another container"):
        await EmbeddedPostgres(postgres_folder).start()
    assert process.is_running()
    await release(other)
