"""The user of the operating system who runs the embedded Postgres.

Postgres refuses to run as root. A product that runs as root starts it as the owner of the data, or
as ROOT_SUBSTITUTE when there are none yet.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.models.errors import DatabaseDown

ROOT_SUBSTITUTE = "pgserver"  # the name that earlier versions used, whose data must stay theirs
CREATE_TRIES = 10  # another process may be creating the user at this moment


@dataclass(frozen=True)
class ServerUser:
    """Who runs the server. `switched`: another user than the one who runs the product."""

    uid: int
    gid: int
    switched: bool

    @property
    def options(self) -> dict[str, Any]:
        """Options for subprocess: the user with no group but their own, and private new files."""
        switch = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switched else {}
        return {"umask": 0o077, **switch}

    def take(self, path: Path) -> None:
        """Make this user the owner of `path`; do nothing when it is the product's own user."""
        if self.switched:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def take_tree(self, folder: Path) -> None:
        """Make this user the owner of `folder` and all that is in it."""
        if self.switched and folder.stat().st_uid != self.uid:
            for path in folder.rglob("*"):
                self.take(path)
            self.take(folder)

    def names(self) -> list[str]:
        """Return the names of the users who may connect: who runs the product, and the server."""
        names = {_name(uid) for uid in (os.geteuid(), self.uid)}
        return sorted(name for name in names if name is not None)


def server_user(folder: Path) -> ServerUser:
    """Return who runs the server of the data in `folder`, which may be missing.

    Raise DatabaseDown when the data belong to another user, when root cannot create a user, or when
    the product's user has no name, by which Postgres knows its clients.
    """
    own = os.geteuid()
    name = _name(own)
    if name is None:
        raise DatabaseDown(
            f"The user {own} who runs Predlagator has no name on this machine, which the embedded "
            "Postgres needs: add it to /etc/passwd, run as another user, or set DATABASE_URL."
        )
    found = folder.stat() if folder.exists() else None
    if own != 0:
        if found is not None and found.st_uid != own:
            owner = _name(found.st_uid) or f"user {found.st_uid}"
            raise DatabaseDown(
                f"The folder {folder} belongs to {owner}, but Predlagator runs as {name}: run it "
                f"as {owner}, or make the folder your own: sudo chown -R {name} "
                f"{shlex.quote(str(folder))}"
            )
        return ServerUser(own, os.getegid(), switched=False)
    if found is not None and found.st_uid != 0:
        return ServerUser(found.st_uid, _group(found), switched=True)
    entry = _root_substitute()
    return ServerUser(entry.pw_uid, entry.pw_gid, switched=True)


def _group(owned: os.stat_result) -> int:
    try:
        return pwd.getpwuid(owned.st_uid).pw_gid
    except KeyError:
        return owned.st_gid or owned.st_uid  # never the group of root


def _name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def _root_substitute() -> pwd.struct_passwd:
    """Return the entry of ROOT_SUBSTITUTE, who is created when missing."""
    shell = shutil.which("nologin", path="/usr/sbin:/sbin") or "/bin/false"
    command = ["useradd", "--system", "--no-create-home", "--shell", shell, ROOT_SUBSTITUTE]
    told = ""
    for _ in range(CREATE_TRIES):
        try:
            return pwd.getpwnam(ROOT_SUBSTITUTE)
        except KeyError:
            try:
                told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
            except FileNotFoundError:
                told = "there is no useradd"
                break
            time.sleep(0.2)
    raise DatabaseDown(
        "Postgres does not run as root, and a user for it could not be created "
        f"({told.strip()}): create one named {ROOT_SUBSTITUTE}, run Predlagator as an ordinary "
        "user, or set DATABASE_URL."
    )
