"""The server process of one data folder: found, started, and stopped.

Call these while the processes that share the folder exclude each other.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from db.embedded import data_folder, processes
from db.embedded.locks import POLL_SECONDS, FileLock
from db.embedded.programs import programs_for
from db.embedded.server_user import server_user
from db.models.errors import DatabaseDown

SOCKET_SECONDS = 30  # from the start of the process until it listens, before any recovery
ORPHANS_SECONDS = 5  # for the children of a killed postmaster to end by themselves
LOG_TAIL = 65_536  # bytes

# On the command line, which no file in the folder overrides.
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "unix_socket_group": "",
}
PLAIN_PATH = re.compile(r"/[A-Za-z0-9/._-]{1,85}")  # fits into a socket's address and into a DSN


class Postmaster:
    """The server of the data in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = FileLock(folder.with_name(f"{folder.name}.running"))
        self._child: subprocess.Popen[bytes] | None = None
        self._found: psutil.Process | None = None
        self._descriptor: int | None = None
        self._log_offset = self._log_size()  # what this server says stands behind it
        self.known = False  # whether this object has started or found the server

    @property
    def address(self) -> str:
        """The folder of the socket, as a client of this user can name it while this process runs.

        Raise DatabaseDown where a long or unusual path has no other name.
        """
        path = str(self._folder)
        if PLAIN_PATH.fullmatch(path):
            return path
        if sys.platform != "linux":
            raise DatabaseDown(
                f"The path {path} is too long, or has unusual characters, for a socket: set "
                "DATA_DIR to a shorter one of letters and digits."
            )
        if self._descriptor is None:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
            self._descriptor = os.open(self._folder, flags)
        return f"/proc/{os.getpid()}/fd/{self._descriptor}"

    def ensure_running(self, *, create: bool, alone: Callable[[], bool]) -> None:
        """Find the server, or start it. It may still be recovering when this returns.

        `create`: create data where there are none. `alone`: whether no other process uses the
        folder. Raise DatabaseDown when the data cannot be used or the server does not start.
        """
        end = time.monotonic() + ORPHANS_SECONDS
        while not self._running.acquire(0):
            if self._answers():
                self._child, self.known = None, True
                self._log_offset = self._log_size()
                self._found = processes.postmaster_among(processes.processes_of(self._folder))
                return
            if time.monotonic() > end:
                self._end_deaf_server()
                break
            time.sleep(POLL_SECONDS)
        try:
            self._end_older_server(alone)
            self._start(create=create)
        finally:
            self._running.close()  # the server has inherited it

    def serves(self) -> bool:
        """Return whether the server that was started or found is there."""
        if not (self._folder / data_folder.SOCKET).exists():
            return False
        if self._child is not None:
            return self._child.poll() is None
        return processes.is_alive(self._found) if self._found is not None else self._answers()

    def stop(self) -> None:
        """Stop the server cleanly, or by force when it does not stop."""
        if self.known:
            processes.stop(processes.processes_of(self._folder))
            if self._child is not None:
                self._child.poll()
        self.known = False

    def forget(self) -> None:
        """Give up the address."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def last_words(self) -> str:
        """Return what the server last said about its end, and where to read more."""
        log, words = self._folder / "log", []
        with suppress(OSError), log.open("rb") as opened:
            opened.seek(max(self._log_offset, self._log_size() - LOG_TAIL))
            text = opened.read().decode("utf-8", "replace")
            words = re.findall(r"(?:FATAL|PANIC):  (?!the database system is )(.+)", text)
        said = f"It says: {words[-1].rstrip('.')}. " if words else ""
        return f"{said}Its log is {log}."

    def _log_size(self) -> int:
        with suppress(OSError):
            return (self._folder / "log").stat().st_size
        return 0

    def _answers(self) -> bool:
        """Return whether a postmaster listens at the socket, ready or not."""
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            probe.connect(f"{self.address}/{data_folder.SOCKET}")
            return True
        return False

    def _end_deaf_server(self) -> None:
        """End a server without a socket, or the children of a killed one, and take its lock."""
        processes.stop(processes.processes_of(self._folder))
        if not self._running.acquire(ORPHANS_SECONDS):
            raise DatabaseDown(
                f"A Postgres of the data in {self._folder} runs where it cannot be reached from "
                "here, such as in another container: stop it first."
            )

    def _end_older_server(self, alone: Callable[[], bool]) -> None:
        """End a server that an earlier version started: it lets every user of the machine in."""
        older = processes.processes_of(self._folder)
        if processes.postmaster_among(older) is not None and not alone():
            raise DatabaseDown(
                f"A Predlagator of an earlier version uses the data in {self._folder}: stop it "
                "first."
            )
        processes.stop(older)

    def _start(self, *, create: bool) -> None:
        user = server_user(self._folder)
        data_folder.check(self._folder)
        programs, lock = programs_for(user), self._running.descriptor
        if data_folder.is_empty(self._folder):
            if not create:
                raise DatabaseDown(f"The data in {self._folder} are gone: put back a backup.")
            data_folder.create(self._folder, programs, user, lock)
        data_folder.close_to_others(self._folder, user)
        data_folder.remove_leftovers(self._folder)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        log = os.open(self._folder / "log", flags, 0o600)
        self._log_offset = self._log_size()
        user.take(self._folder / "log")
        with data_folder.reference(self._folder) as (name, descriptors), os.fdopen(log, "ab"):
            files = {"hba_file": f"{name}/pg_hba.conf", "ident_file": f"{name}/pg_ident.conf"}
            settings = [f"--{key}={value}" for key, value in {**SETTINGS, **files}.items()]
            self._child = subprocess.Popen(
                [programs / "postgres", "-D", name, *settings],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at a terminal reaches the product only
                pass_fds=(*descriptors, lock),
                **user.options,
            )
        self.known = True
        self._await_socket(self._child)

    def _await_socket(self, child: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + SOCKET_SECONDS
        while not (self._folder / data_folder.SOCKET).exists():
            if child.poll() is not None or time.monotonic() > end:
                raise DatabaseDown(
                    f"The embedded Postgres in {self._folder} does not start. {self.last_words()}"
                )
            time.sleep(POLL_SECONDS / 5)
