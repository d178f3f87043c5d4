"""random_id as on the real server: the same one to the same peer creates one message.

While the first call runs, a repeat fails with RANDOM_ID_DUPLICATE; after it, a repeat returns the
first call's message. Ids do not expire, and each account has its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.mtproto import refuse
from sandbox.world import Message


class RandomIds:
    """Remembers the ids by (account, recipient, random_id)."""

    def __init__(self) -> None:
        self._running: set[tuple[int, int, int]] = set()
        self._made: dict[tuple[int, int, int], Message] = {}

    @contextmanager
    def running(self, account: int, recipient: int, random_ids: list[int]) -> Iterator[None]:
        """Hold these ids during a call.

        Raises 500 RANDOM_ID_DUPLICATE for an id that is held, or that occurs twice in an album.
        """
        held = {(account, recipient, random_id) for random_id in random_ids}
        if held & self._running or len(held) < len(random_ids):
            raise refuse("RANDOM_ID_DUPLICATE")
        self._running |= held
        try:
            yield
        finally:
            self._running -= held

    def find(self, account: int, recipient: int, random_id: int) -> Message | None:
        """Return the message that this id has created, as its sender sees it; None for a new id."""
        if random_id == 0:
            raise refuse("RANDOM_ID_EMPTY")
        return self._made.get((account, recipient, random_id))

    def remember(self, message: Message) -> None:
        """Register the id of a new message."""
        if message.random_id is not None:
            self._made[message.sender_id, message.chat_id, message.random_id] = message
