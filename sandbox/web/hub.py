"""Passes events of the world on to the pages that are open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from sandbox.web.layout import Side
from sandbox.world import (
    CallbackAnswered,
    Event,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
    World,
)


class Subscriber(Protocol):
    """An open page, as the hub needs it."""

    def changed(self, side: Side, message_ids: tuple[int, ...] = ()) -> None: ...

    def answered(self, answer: CallbackAnswered) -> None: ...

    def refresh(self) -> None: ...


class Hub:
    """Subscribes to the box of every person, including those added later."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._unsubscribe: dict[int, Callable[[], None]] = {}
        self.pages: set[Subscriber] = set()

    def subscribe(self) -> None:
        """Subscribe to every box; a repeated call adds the people who are new."""
        people = self._world.people
        if len(people) != len(self._unsubscribe):
            for one in people.keys() - self._unsubscribe.keys():
                on_event = partial(self._on_event, one)
                self._unsubscribe[one] = self._world.subscribe(one, on_event)

    def close(self) -> None:
        for unsubscribe in self._unsubscribe.values():
            unsubscribe()
        self._unsubscribe.clear()

    def changed(self, side: Side, message_ids: tuple[int, ...] = ()) -> None:
        """Mark a side of a conversation and these of its messages as changed on every page."""
        for page in list(self.pages):
            page.changed(side, message_ids)

    def refresh(self) -> None:
        """Let every page look at what no event announces: the counters, buttons and the guide."""
        for page in list(self.pages):
            page.refresh()

    def _on_event(self, owner_id: int, event: Event) -> None:
        self.subscribe()
        match event:
            case MessageStored(message) | MessageEdited(message):
                self.changed((owner_id, message.chat_id), (message.id,))
            case MessagesDeleted(chat_id=chat_id, message_ids=ids):
                self.changed((owner_id, chat_id), ids)
            case OutboxRead(chat_id=reader_id):
                self.changed((owner_id, reader_id))
                self.changed((reader_id, owner_id))
            case CallbackAnswered():
                for page in list(self.pages):
                    page.answered(event)
