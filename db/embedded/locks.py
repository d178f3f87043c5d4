"""File locks of the embedded Postgres, by flock(2).

The kernel releases such a lock when the last process that has the open file ends. So a lock is
right after a kill and a power cut, unlike a file that lists process ids, and in every container
that mounts the folder.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

POLL_SECONDS = 0.05


class FileLock:
    """A lock on the file `path`, which is created when missing. Its content has no meaning."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Return whether this object has the lock, shared or exclusive."""
        return self._descriptor is not None

    @property
    def descriptor(self) -> int:
        """The open file of a held lock; a child that inherits it keeps the lock while it runs."""
        assert self._descriptor is not None
        return self._descriptor

    def acquire(self, seconds: float) -> bool:
        """Take the lock exclusively. Return False when others still have it after `seconds`."""
        end = time.monotonic() + seconds
        while not self._try(fcntl.LOCK_EX):
            if time.monotonic() > end:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def share(self) -> None:
        """Take the lock with others that share it. Raise BlockingIOError when one excludes them."""
        if not self._try(fcntl.LOCK_SH):
            raise BlockingIOError(f"{self.path} is locked by another process")

    def close(self) -> None:
        """Close the file. The lock ends unless a child has inherited it."""
        if self._descriptor is not None:
            os.close(self._descriptor)  # an explicit unlock would end a child's lock, too
            self._descriptor = None

    def _try(self, kind: int) -> bool:
        """Take or change the lock. A change that fails loses the lock that was held."""
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            return False
        except BaseException:
            self.close()
            raise
        return True
