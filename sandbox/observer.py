"""The messages that reach a person, and waiting for them.

Waiting is driven by events of the world, so a test takes no longer than what it tests. `wait_for`
searches the messages that came since the person last acted in the chat.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sandbox.world import (
    CallbackAnswered,
    Event,
    Message,
    MessageEdited,
    MessageStored,
    World,
)

Who = int | str
Wanted = str | Callable[[Message], object]
Seen = TypeVar("Seen")

_SHOWN = 8


class NotReceived(AssertionError):
    """What a test waited for did not come in time; the text shows the last messages that came."""


class Observer:
    """Watches the box of the person `id`. `who` is always an id or a username.

    `wait_for` returns copies as they were at that moment, `history` the current messages. All are
    this person's own copies.
    """

    def __init__(self, world: World, id: int) -> None:  # noqa: A002
        self.world = world
        self.id = id
        self.record = world.people[id]
        self._received: dict[int, list[Message]] = defaultdict(list)
        self._answers: dict[str, CallbackAnswered] = {}
        self._changed = asyncio.Event()
        self.unsubscribe = world.subscribe(id, self._on_event)

    def _on_event(self, event: Event) -> None:
        match event:
            case MessageStored(message) | MessageEdited(message) if not message.out:
                self._received[message.chat_id].append(replace(message))
            case CallbackAnswered(query_id):
                self._answers[query_id] = event
        self._changed.set()
        self._changed = asyncio.Event()

    def find(self, who: Who) -> int:
        """Return the id of `who`; raises `LookupError`."""
        found = self.world.people.get(who) if isinstance(who, int) else self.world.by_username(who)
        if found is None:
            raise LookupError(f"Nobody in this world is {who!r}")
        return found.id

    def history(self, who: Who) -> list[Message]:
        """Return this person's side of the conversation, oldest first."""
        return self.world.history(self.id, self.find(who))

    def forget(self, who: Who) -> int:
        """Exclude what has come from `who` so far from `wait_for`; return their id."""
        chat_id = self.find(who)
        self._received[chat_id].clear()
        return chat_id

    # --- waiting ------------------------------------------------------------

    async def wait_for(
        self, who: Who, wanted: Wanted, timeout: float = 30, after: Message | None = None
    ) -> Message:
        """Return the next message from `who`, new or edited, that contains the text or fits.

        It searches what came since this person's last action in the chat; with `after`, only
        messages with a greater id than that one. Each arrival is returned once at most. Raises
        `NotReceived` after `timeout` seconds.
        """
        chat_id = self.find(who)

        def look() -> Message | None:
            for at, message in enumerate(self._received[chat_id]):
                if (after is None or message.id > after.id) and _fits(message, wanted):
                    return self._received[chat_id].pop(at)
            return None

        return await self._until(look, timeout, lambda: self._what_came(chat_id, wanted, timeout))

    async def wait_until(self, condition: Callable[[], object], timeout: float = 30) -> None:
        """Wait until the condition holds; it is evaluated after each event in this person's box.

        Raises `NotReceived` after `timeout` seconds.
        """
        await self._until(
            lambda: condition() or None, timeout, lambda: f"It did not become so in {timeout} s"
        )

    async def wait_for_answer(self, query_id: str, timeout: float = 30) -> CallbackAnswered:
        """Return the bot's answer to this person's callback query.

        Raises `NotReceived` after `timeout` seconds.
        """
        return await self._until(
            lambda: self._answers.pop(query_id, None),
            timeout,
            lambda: f"The bot left the press unanswered for {timeout} s",
        )

    async def _until(
        self, look: Callable[[], Seen | None], timeout: float, complaint: Callable[[], str]
    ) -> Seen:
        try:
            async with asyncio.timeout(timeout):
                while (seen := look()) is None:
                    await self._changed.wait()
        except TimeoutError:
            raise NotReceived(complaint()) from None
        return seen

    def _what_came(self, chat_id: int, wanted: Wanted, timeout: float) -> str:
        lines = [
            f"  {'>' if m.out else '<'} {m.text!r} {[[b.text for b in row] for row in m.buttons]}"
            for m in self.world.history(self.id, chat_id)[-_SHOWN:]
        ]
        what = repr(wanted) if isinstance(wanted, str) else "What fits"
        return f"{what} did not come in {timeout} s. The last messages:\n" + "\n".join(lines)


def _fits(message: Message, wanted: Wanted) -> bool:
    return wanted in message.text if isinstance(wanted, str) else bool(wanted(message))
