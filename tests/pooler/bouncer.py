"""The real PgBouncer, from Debian, before this test's Postgres; and what to say where it is not.

In transaction mode it has few connections to the server and gives them out in turn, so that two
statements of one client hardly ever meet the same session.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

from tests.programs import missing

START_SECONDS = 20
READY = b"process up"  # in its log
SERVERS = {"session": 40, "transaction": 6}  # a session keeps its own, so there must be enough

CONFIG = """
[databases]
* = host={server} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {servers}
server_round_robin = 1
query_wait_timeout = 20
"""


def find_pgbouncer() -> str:
    """Its path; without it the test is skipped, loudly, or fails where CI runs it."""
    for places in (None, "/usr/sbin:/usr/local/sbin"):
        if found := shutil.which("pgbouncer", path=places):
            return found
    return missing("NO POOLER IS TESTED: there is no PgBouncer; `make pooler` installs it as root.")


@asynccontextmanager
async def pgbouncer(dsn: str, mode: str) -> AsyncIterator[str]:
    """Run one before the server of `dsn`, which has a Unix socket; the DSN that leads through."""
    program, address = find_pgbouncer(), urlsplit(dsn)
    server = Path(parse_qs(address.query)["host"][0])
    port = _free_port()
    with TemporaryDirectory(prefix="predlagator-pgbouncer-") as folder:
        config = Path(folder) / "pgbouncer.ini"
        config.write_text(
            CONFIG.format(server=server, port=port, mode=mode, servers=SERVERS[mode]), "ascii"
        )
        _show(Path(folder))
        process = await asyncio.create_subprocess_exec(
            *_as_owner(server), program, config, stderr=asyncio.subprocess.PIPE
        )
        assert process.stderr is not None
        try:
            async with asyncio.timeout(START_SECONDS):
                await _until_ready(process.stderr)
            async with asyncio.TaskGroup() as group:
                draining = group.create_task(process.stderr.read())
                yield f"postgresql://postgres@127.0.0.1:{port}{address.path}"
                draining.cancel()
        finally:
            process.kill()
            await process.wait()


def _show(folder: Path) -> None:
    folder.chmod(0o755)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _as_owner(server: Path) -> list[str]:
    """It refuses to be root, and only the owner of the server's socket may use that."""
    if os.geteuid() != 0:
        return []
    owner = server.stat()
    return ["setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]


async def _until_ready(log: asyncio.StreamReader) -> None:
    while READY not in (line := await log.readline()):
        assert line, "PgBouncer has ended instead of starting"
