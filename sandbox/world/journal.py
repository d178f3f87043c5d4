"""The recorded events of each box, and the subscribers of each box.

A recorded event raises the `pts` of its box by one and stays in the journal, so that a client that
was offline can fetch it (core.telegram.org/api/updates).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from sandbox.world.events import Event, RecordedEvent

Subscriber = Callable[[Event], None]


class Journal:
    """A box is named by its owner: a person, or a chat that keeps its own box."""

    def __init__(self) -> None:
        self.journal: dict[int, list[RecordedEvent]] = defaultdict(list)
        self._subscribers: dict[int, list[Subscriber]] = defaultdict(list)

    def subscribe(self, owner_id: int, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` synchronously for each event in this box; return the way to stop."""
        self._subscribers[owner_id].append(subscriber)
        return lambda: self._subscribers[owner_id].remove(subscriber)

    def pts(self, owner_id: int) -> int:
        """Return 1 + the number of recorded events of this box, as Telegram counts."""
        return 1 + len(self.journal[owner_id])

    def since(self, owner_id: int, pts: int) -> list[RecordedEvent]:
        """Return the events of this box after `pts`, oldest first."""
        return self.journal[owner_id][max(pts, 1) - 1 :]

    def record(self, owner_id: int, event: RecordedEvent) -> RecordedEvent:
        """Append an event to the journal and return it with its `pts`."""
        event = replace(event, pts=self.pts(owner_id) + 1)
        self.journal[owner_id].append(event)
        return event

    def notify(self, owner_id: int, event: Event) -> None:
        """Call the subscribers of this box with an event.

        From outside this is only for events that are not recorded.
        """
        for subscriber in list(self._subscribers[owner_id]):
            subscriber(event)
