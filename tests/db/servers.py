"""Embedded servers for tests, and the users of the machine who meet them."""

from __future__ import annotations

import asyncio
import os
import pwd
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from tests.programs import missing

HOLD = """
import asyncio, sys
from pathlib import Path
from db.embedded import EmbeddedPostgres

async def main():
    server = EmbeddedPostgres(Path(sys.argv[1]))
    await server.start()
    sys.stdout.write("up\\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()

asyncio.run(main())
"""


async def hold(folder: Path) -> asyncio.subprocess.Process:
    """Start another process that uses the server in `folder` until its stdin closes."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLD,
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    return process


async def release(process: asyncio.subprocess.Process) -> None:
    """Let a process of `hold` stop its server, if no other uses it, and end."""
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postmaster.pid").read_text().split("\n", 1)[0]))


def has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two questions
        return True


def kill(folder: Path) -> None:
    """Kill the postmaster and its children at once, as a power cut does."""
    process = postmaster(folder)
    whole = [process, *process.children(recursive=True)]
    for one in whole:
        with suppress(psutil.NoSuchProcess):  # a worker may end by itself meanwhile
            one.kill()
    while not all(has_ended(one) for one in whole):
        time.sleep(0.01)


def another_user() -> pwd.struct_passwd:
    """Return a user who is neither root nor a server's; skip without the right to become one."""
    if os.geteuid() != 0:
        missing("NO OTHER USER KNOCKS at the embedded Postgres: only root can act as another one.")
    return pwd.getpwnam("nobody")


def as_user(user: pwd.struct_passwd, act: Callable[[], str]) -> str:
    """Return what `act` returns, or the error it raises, in a fork run by `user`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            told = act()
        except BaseException as error:
            told = f"{type(error).__name__}: {error}"
        os.write(writer, told.encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read().decode()
    os.waitpid(child, 0)
    return told
