"""What reaches a person, and waiting for it.

Everything waits on the world's own happenings, so a test goes as fast as the bot does. What came
since this person last did something in a chat is what `wait_for` looks through.
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
    """What a test waited for did not come in time; the text shows what came instead."""


class Observer:
    """The eyes of the person `id`. `who` is always an id or a username.

    Messages that `wait_for` returns are as they were at that moment; `history` gives the living
    ones. All are this person's own copies.
    """

    def __init__(self, world: World, id: int) -> None:  # noqa: A002
        self.world = world
        self.id = id
        self.record = world.people[id]
        self._came: dict[int, list[Message]] = defaultdict(list)
        self._answers: dict[str, CallbackAnswered] = {}
        self._stir = asyncio.Event()
        self.unsubscribe = world.subscribe(id, self._on_event)

    def _on_event(self, event: Event) -> None:
        match event:
            case MessageStored(message) | MessageEdited(message) if not message.out:
                self._came[message.chat_id].append(replace(message))
            case CallbackAnswered(query_id):
                self._answers[query_id] = event
        self._stir.set()
        self._stir = asyncio.Event()

    def find(self, who: Who) -> int:
        """Their id; raises `LookupError`."""
        found = self.world.people.get(who) if isinstance(who, int) else self.world.by_username(who)
        if found is None:
            raise LookupError(f"Nobody in this world is {who!r}")
        return found.id

    def history(self, who: Who) -> list[Message]:
        """This person's side of the conversation, oldest first."""
        return self.world.history(self.id, self.find(who))

    def forget(self, who: Who) -> int:
        """Look no more at what has come from them so far; their id."""
        chat_id = self.find(who)
        self._came[chat_id].clear()
        return chat_id

    # --- waiting ------------------------------------------------------------

    async def wait_for(
        self, who: Who, wanted: Wanted, timeout: float = 30, after: Message | None = None
    ) -> Message:
        """The next message from `who`, new or edited, that holds the text or fits the predicate.

        Looks through what came since this person's last act in the chat, at each arrival only
        until it fits once; with `after`, only at messages younger than that one. Raises
        `NotReceived` after `timeout` seconds.
        """
        chat_id = self.find(who)

        def look() -> Message | None:
            for at, message in enumerate(self._came[chat_id]):
                if (after is None or message.id > after.id) and _fits(message, wanted):
                    return self._came[chat_id].pop(at)
            return None

        return await self._until(look, timeout, lambda: self._what_came(chat_id, wanted, timeout))

    async def wait_until(self, condition: Callable[[], object], timeout: float = 30) -> None:
        """Until the condition holds, looked at after each event in this person's box."""
        await self._until(
            lambda: condition() or None, timeout, lambda: f"It did not become so in {timeout} s"
        )

    async def wait_for_answer(self, query_id: str, timeout: float = 30) -> CallbackAnswered:
        """What the bot said to this person's press of a button."""
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
                    await self._stir.wait()
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
