"""Ports that somebody else has: said in one sentence, whichever server wanted them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class PortTaken(RuntimeError):
    """Somebody listens there already; the text says what to do."""


@contextmanager
def binding(port: int) -> Iterator[None]:
    """Around a server's start: raises `PortTaken` when that is why it cannot."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(
            f"Port {port} is taken: is another demo or sandbox running? "
            f"Stop that one, or choose another port."
        ) from error
