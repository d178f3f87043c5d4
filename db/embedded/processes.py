"""The processes of a Postgres server: found by their working directory, which is its data."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

FAST_SECONDS = 30  # a checkpoint is written meanwhile
IMMEDIATE_SECONDS = 5
POLL_SECONDS = 0.02
STOPS = ((signal.SIGINT, FAST_SECONDS), (signal.SIGQUIT, IMMEDIATE_SECONDS), (signal.SIGKILL, 5))


def processes_of(folder: Path) -> list[psutil.Process]:
    """Return the processes of the server of `folder`: the postmaster and its children.

    Those in another container are not seen.
    """
    return [process for process in psutil.process_iter() if _serves(process, folder)]


def postmaster_among(processes: Iterable[psutil.Process]) -> psutil.Process | None:
    """Return the postmaster; None when only children are left of it, or nothing."""
    parents: dict[psutil.Process, int] = {}
    for process in processes:
        with suppress(psutil.Error):
            title = " ".join(process.cmdline())
            if title and not title.startswith("postgres: "):  # which a child calls itself
                parents[process] = process.ppid()
    pids = {process.pid for process in parents}
    # A child that was forked at this moment has no title of its own yet.
    return next((one for one, parent in parents.items() if parent not in pids), None)


def is_alive(process: psutil.Process) -> bool:
    """Return whether the process runs; a zombie does not."""
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def stop(processes: Iterable[psutil.Process]) -> None:
    """Stop a postmaster and its children: by a fast shutdown, else as in a crash, else by SIGKILL.

    When the postmaster is dead its children are killed at once: they serve nothing any more.
    """
    alive = list(processes)
    postmaster = postmaster_among(alive)
    if postmaster is not None:
        for signum, seconds in STOPS:
            with suppress(psutil.NoSuchProcess):
                postmaster.send_signal(signum)
            if _end_within(seconds, [postmaster]):
                break
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _end_within(IMMEDIATE_SECONDS, alive)


def _end_within(seconds: float, processes: list[psutil.Process]) -> bool:
    """Wait until all have ended. One that its parent has not noticed yet, a zombie, has ended."""
    end = time.monotonic() + seconds
    while any(is_alive(process) for process in processes):
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _serves(process: psutil.Process, folder: Path) -> bool:
    try:
        return (
            process.name() == "postgres"
            and process.cwd() == str(folder)
            and process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.Error:
        return False
