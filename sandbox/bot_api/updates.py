"""Pending updates of a bot, kept until the bot confirms them.

See core.telegram.org/bots/api#getupdates.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from typing import Any

from sandbox.bot_api.errors import conflict

MAX_POLL_SECONDS = 50
_PAGE = 100
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}

Json = dict[str, Any]


class UpdateQueue:
    """One bot's updates. A later `offset` confirms an update and removes it."""

    def __init__(self) -> None:
        self._pending: deque[Json] = deque()
        self._ids = itertools.count(1)
        self._allowed: frozenset[str] | None = None
        self._poll: asyncio.Future[None] | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, kind: str, payload: Json) -> None:
        """Queue an update of a kind that the bot accepts, and wake the long poll."""
        wanted = kind not in _NOT_BY_DEFAULT if self._allowed is None else kind in self._allowed
        if wanted:
            self._pending.append({"update_id": next(self._ids), kind: payload})
            self._wake()

    def clear(self) -> None:
        """Drop all pending updates."""
        self._pending.clear()

    def close(self) -> None:
        """Answer the waiting long poll with what is pending; later polls do not wait."""
        self._closed = True
        self._wake()

    async def get(
        self, offset: int | None, limit: int | None, timeout: int | None, allowed: list[str] | None
    ) -> list[Json]:
        """Return the oldest unconfirmed updates; wait at most `timeout` seconds for the first one.

        A newer call ends an older one that still waits: the older one raises `ApiError` (409).
        """
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict())
        if allowed is not None:
            self._allowed = frozenset(allowed) or None
        self._confirm(offset)
        if not self._pending and timeout and not self._closed:
            poll = self._poll = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(min(timeout, MAX_POLL_SECONDS)):
                    await poll
            except TimeoutError:
                return []
        return list(itertools.islice(self._pending, min(max(limit or _PAGE, 1), _PAGE)))

    def _confirm(self, offset: int | None) -> None:
        if offset is None:
            return
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while self._pending and self._pending[0]["update_id"] < offset:
            self._pending.popleft()

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
