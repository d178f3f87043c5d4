"""What was recorded in each box, and who watches it.

Each recorded event in a box raises its owner's `pts` by one and stays in the owner's journal,
so that a client which was away can be told what it missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from sandbox.world.events import Event, RecordedEvent

Subscriber = Callable[[Event], None]


class Journal:
    """Boxes are named by their owner: a person, or a chat that keeps its own."""

    def __init__(self) -> None:
        self.journal: dict[int, list[RecordedEvent]] = defaultdict(list)
        self._subscribers: dict[int, list[Subscriber]] = defaultdict(list)

    def subscribe(self, owner_id: int, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` at once for each event in this box; returns the way to stop."""
        self._subscribers[owner_id].append(subscriber)
        return lambda: self._subscribers[owner_id].remove(subscriber)

    def pts(self, owner_id: int) -> int:
        """How many happenings this box has recorded, counted from 1 as Telegram does."""
        return 1 + len(self.journal[owner_id])

    def since(self, owner_id: int, pts: int) -> list[RecordedEvent]:
        """What happened in this box after `pts`, oldest first."""
        return self.journal[owner_id][max(pts, 1) - 1 :]

    def record(self, owner_id: int, event: RecordedEvent) -> RecordedEvent:
        """Write it down; returned with its number."""
        event = replace(event, pts=self.pts(owner_id) + 1)
        self.journal[owner_id].append(event)
        return event

    def notify(self, owner_id: int, event: Event) -> None:
        """Call this person's watchers; from outside, for what no box keeps (`CallbackAnswered`)."""
        for subscriber in list(self._subscribers[owner_id]):
            subscriber(event)
