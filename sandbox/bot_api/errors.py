"""Errors of the Bot API, with Telegram's own texts: clients distinguish errors by their text."""

from __future__ import annotations

import math


class ApiError(Exception):
    """An answer `{"ok": false}`.

    `code` is also the HTTP status; `retry_after` is in whole seconds.
    """

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


def bad_request(why: str) -> ApiError:
    return ApiError(400, f"Bad Request: {why}")


def forbidden(why: str) -> ApiError:
    return ApiError(403, f"Forbidden: {why}")


def conflict() -> ApiError:
    return ApiError(
        409,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    )


def too_many_requests(seconds: float) -> ApiError:
    wait = math.ceil(seconds)
    return ApiError(429, f"Too Many Requests: retry after {wait}", wait)


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
