"""The folder of a demo: locked while a demo runs, and cleared before the next one.

The sandbox forgets its conversations when it ends and the product keeps its rows, so data of an
earlier demo cannot be used again. `clear` removes it, and ends the processes that a killed demo
left. Only the sandbox's RSA key is kept, because creating one takes about a second.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

STOP_SECONDS = 15
# Processes of the product: their folder within the demo's, and a part of their command line.
PROCESSES = (("product", "-m bot"), ("product/data/postgres", "postgres"))


class WorkdirInUse(RuntimeError):
    """Another demo runs in this folder; the text is one sentence for the user."""


class Workdir:
    """Holds the lock of `folder` until the `with` block or the process ends.

    Entering creates the folder. Raises `WorkdirInUse` when another process holds the lock.
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
            raise WorkdirInUse(
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
        """Write where this demo is; the `WorkdirInUse` of a second demo names it."""
        self._lock.truncate(0)
        self._lock.write(where)
        self._lock.flush()

    @property
    def keys(self) -> Path:
        """The folder of the sandbox's RSA key, kept from one demo to the next."""
        return self.folder / "keys"

    def clear(self, *, everything: bool = False) -> None:
        """End what a killed demo left running and remove its data; with `everything` the key too.

        Call it with the lock held.
        """
        end_processes(self.folder)
        for path in self.folder.iterdir():
            if path.name == "lock" or (path == self.keys and not everything):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def end_processes(folder: Path) -> None:
    """End a product and its Postgres that run in this folder, by SIGTERM and then by SIGKILL.

    The product goes first, because it stops its Postgres cleanly.
    """
    for subfolder, command in PROCESSES:
        cwd = folder / subfolder
        running = [one for one in psutil.process_iter() if _runs_in(one, cwd, command)]
        for process in running:
            _signal(process.terminate)
        _, alive = psutil.wait_procs(running, STOP_SECONDS)
        for process in alive:
            _signal(process.kill)
        psutil.wait_procs(alive, STOP_SECONDS)


def _runs_in(process: psutil.Process, cwd: Path, command: str) -> bool:
    try:
        return Path(process.cwd()) == cwd and command in " ".join(process.cmdline())
    except psutil.Error:
        return False


def _signal(send: Callable[[], None]) -> None:
    try:
        send()
    except psutil.NoSuchProcess:
        return
