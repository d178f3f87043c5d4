"""The control's one way to say no."""

from __future__ import annotations


class RequestError(Exception):
    """What was asked cannot be done; the text says why, `status` is the HTTP status."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status
