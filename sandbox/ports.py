"""The error for a port that is in use, shared by all servers of the sandbox."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class PortTaken(RuntimeError):
    """The port is in use; the text says what to do."""


@contextmanager
def binding(port: int) -> Iterator[None]:
    """Turn EADDRINUSE, raised while a server binds `port`, into `PortTaken`."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(
            f"Port {port} is taken: is another demo or sandbox running? "
            f"Stop that one, or choose another port."
        ) from error
