"""From what happens in anybody's box to the pages that are open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from sandbox.web.layout import Side, Stage
from sandbox.world import (
    CallbackAnswered,
    Event,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
)


class Onlooker(Protocol):
    """A page, as the hub knows it."""

    def changed(self, side: Side, message_ids: tuple[int, ...] = ()) -> None: ...

    def answered(self, answer: CallbackAnswered) -> None: ...

    def stir(self) -> None: ...


class Hub:
    """Watches everybody in the world, those too who are added while it watches."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._leave: dict[int, Callable[[], None]] = {}
        self.pages: set[Onlooker] = set()

    def watch(self) -> None:
        """Attend to everybody there is; called again it adds the newcomers."""
        people = self._stage.world.people
        if len(people) != len(self._leave):
            for one in people.keys() - self._leave.keys():
                self._leave[one] = self._stage.world.watch(one, partial(self._on_event, one))

    def close(self) -> None:
        for leave in self._leave.values():
            leave()
        self._leave.clear()

    def changed(self, side: Side, message_ids: tuple[int, ...] = ()) -> None:
        for page in list(self.pages):
            page.changed(side, message_ids)

    def stir(self) -> None:
        """Let the pages look at what no event tells of."""
        for page in list(self.pages):
            page.stir()

    def _on_event(self, owner_id: int, event: Event) -> None:
        self.watch()
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
