"""The error of the control server."""

from __future__ import annotations


class RequestError(Exception):
    """A request that cannot be served; the text says why, `status` is the HTTP status."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status
