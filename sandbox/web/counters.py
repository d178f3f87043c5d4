"""The counter of the truth: what the effect log says was really sent, and what came twice.

Only what came through MTProto is counted: those messages carry a random_id, while what a person
typed into the page and what a bot wrote have none. Something came twice when its random_id did,
or when one campaign brought the same content again under another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Owed:
    """People who should have got a campaign's message and have not: `over` makes them lost."""

    people: int
    over: bool


Entry = dict[str, object]


def nobody_knows() -> None:
    """What is owed where nobody can say whom a campaign is for."""


def never_ends(_entry: Entry) -> bool:
    """Where one campaign ends, where nobody can say."""
    return False


class Truth:
    """Reads on in the log at `path` at each `counts`; `sent` grows with what came twice too.

    `ends` tells the entry with which a campaign is over: the next one may say the same again.
    """

    def __init__(
        self,
        path: Path,
        owed: Callable[[], Owed | None] = nobody_knows,
        ends: Callable[[Entry], bool] = never_ends,
    ) -> None:
        self._path = path
        self._owed = owed
        self._ends = ends
        self._at = 0
        self._sent = 0
        self._duplicates = 0
        self._people: set[int] = set()
        self._ids: set[tuple[object, ...]] = set()
        self._contents: set[tuple[object, ...]] = set()

    def counts(self) -> dict[str, int]:
        """`sent`, `people` who got something, `duplicates`; `lost` or `to_come` where known."""
        with self._path.open("rb") as log:
            log.seek(self._at)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._at += len(line)
                self._count(json.loads(line))
        counts = {"sent": self._sent, "people": len(self._people), "duplicates": self._duplicates}
        if (owed := self._owed()) is not None:
            counts["lost" if owed.over else "to_come"] = owed.people
        return counts

    def _count(self, entry: Entry) -> None:
        if self._ends(entry):
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
