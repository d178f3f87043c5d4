"""The folder that a demo lives in: one demo at a time, and nothing in the way of the next one.

The town itself is not kept: a pretend Telegram that forgets its conversations and a product that
remembers them would only confuse each other. So each demo starts anew, and what an earlier one
left – data, or processes when it was killed itself – is cleared away first. Only the sandbox's
RSA key stays, because making one takes a while.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

LEAVE_SECONDS = 15
_PRODUCT, _POSTGRES = "product", "product/data/postgres"


class Occupied(RuntimeError):
    """Another demo runs here; the text says so in one sentence."""


class Premises:
    """`with Premises(folder) as premises:` – the folder is ours until the block or process ends.

    Raises `Occupied`. `announce` says to a second demo where the first one is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            where = self._lock.read() or "it is just starting"
            self._lock.close()
            raise Occupied(
                f"A demo is running already ({where}): use that one, or end it with Ctrl-C first."
            ) from None
        self.announce(f"process {os.getpid()}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.close()

    def announce(self, where: str) -> None:
        self._lock.truncate(0)
        self._lock.write(where)
        self._lock.flush()

    @property
    def keys(self) -> Path:
        """Where the sandbox's RSA key is kept from one demo to the next."""
        return self.folder / "keys"

    def clear(self, *, everything: bool = False) -> None:
        """End what a killed demo left running, remove its data; with `everything` the key too."""
        end_processes(self.folder)
        for path in self.folder.iterdir():
            if path.name == "lock" or (path == self.keys and not everything):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def end_processes(folder: Path) -> None:
    """End a product and its Postgres that run in this folder: asked first, then made to."""
    for inside, signs in ((_PRODUCT, "-m bot"), (_POSTGRES, "postgres")):
        left = [one for one in psutil.process_iter() if _runs_in(one, folder / inside, signs)]
        for process in left:
            _unless_gone(process.terminate)
        _, stubborn = psutil.wait_procs(left, LEAVE_SECONDS)
        for process in stubborn:
            _unless_gone(process.kill)
        psutil.wait_procs(stubborn, LEAVE_SECONDS)


def _runs_in(process: psutil.Process, folder: Path, signs: str) -> bool:
    try:
        return Path(process.cwd()) == folder and signs in " ".join(process.cmdline())
    except psutil.Error:
        return False


def _unless_gone(act: object) -> None:
    assert callable(act)
    try:
        act()
    except psutil.NoSuchProcess:
        return
