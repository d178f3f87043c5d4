"""Counters of the page's panel, and those that are read from the log of effects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Entry = dict[str, object]


@dataclass(frozen=True, slots=True)
class Counter:
    """One number of the panel.

    A "wide" counter has a line of its own. An "error" counter has one too, and is marked as good
    at 0 and as bad above 0.
    """

    label: str
    value: int
    kind: Literal["plain", "wide", "error"] = "plain"


Counters = Callable[[], Iterable[Counter]]
"""Called for each frame of each page; returns the counters in the order in which they stand."""


def never(_entry: Entry) -> bool:
    """The default of `SentMessages`: no entry of the log allows the same content again."""
    return False


class SentMessages:
    """Counts what accounts sent to other people over MTProto, by the log of effects at `path`.

    Only messages with a random_id count: a bot's messages and those typed into the page have none.
    A message is a duplicate when its sender, recipient and random_id have been logged before, or
    its sender, recipient and content. `may_repeat_after` returns whether the same content may be
    sent again after this entry without being a duplicate.
    """

    def __init__(self, path: Path, may_repeat_after: Callable[[Entry], bool] = never) -> None:
        self._path = path
        self._may_repeat_after = may_repeat_after
        self._offset = 0
        self._sent = 0
        self._duplicates = 0
        self._people: set[int] = set()
        self._ids: set[tuple[object, ...]] = set()
        self._contents: set[tuple[object, ...]] = set()

    def __call__(self) -> list[Counter]:
        """Read what the log has gained since the last call and return the totals.

        "Sent" includes the duplicates; "People" are those who received something.
        """
        with self._path.open("rb") as log:
            log.seek(self._offset)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                self._count(json.loads(line))
        return [
            Counter("Sent", self._sent),
            Counter("People", len(self._people)),
            Counter("Sent twice", self._duplicates, "error"),
        ]

    def _count(self, entry: Entry) -> None:
        if self._may_repeat_after(entry):
            self._contents.clear()
        sender, recipient = entry.get("sender"), entry.get("recipient")
        if entry["kind"] != "message" or entry["random_id"] is None or sender == recipient:
            return
        assert isinstance(recipient, int)
        self._sent += 1
        self._people.add(recipient)
        between = (sender, recipient)
        by_id = (*between, entry["random_id"])
        by_content = (*between, entry["text"] or entry["media_id"])
        self._duplicates += by_id in self._ids or by_content in self._contents
        self._ids.add(by_id)
        self._contents.add(by_content)
