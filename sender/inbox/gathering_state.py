"""Where a gathering is: what its checkpoint keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from db.models.gathering import LeftOut
from sender.telegram.conversation import LONG_AGO
from sender.telegram.dialogs import Offset
from sender.telegram.sweep import OVERLAP


@dataclass(slots=True)
class State:
    """Where a gathering is, as its checkpoint keeps it. Moments are Unix seconds.

    `offset` is that of the next page. `again`: the dialogs at the top are read once more. `place`
    is that of the last member.
    """

    list_id: int
    began: float
    since: float  # 0: all messages are wanted
    offset: Offset
    left_out: LeftOut
    again: bool = False
    place: int = 0
    total: int = 0

    def to_json(self) -> dict[str, Any]:
        columns = ("list_id", "began", "since", "offset", "again", "place", "total")
        return {name: getattr(self, name) for name in columns} | {
            "left_out": self.left_out.to_json()
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> State:
        offset, left_out = Offset(*stored["offset"]), LeftOut(**stored["left_out"])
        return cls(**stored | {"offset": offset, "left_out": left_out})

    @property
    def since_moment(self) -> datetime:
        return datetime.fromtimestamp(self.since, UTC) if self.since else LONG_AGO

    def ends_at(self, oldest: datetime | None) -> bool:
        """Return whether what lies below a dialog of that date is not wanted any more."""
        if oldest is None:
            return False
        began = datetime.fromtimestamp(self.began, UTC)
        return oldest < self.since_moment or (self.again and oldest < began - OVERLAP)
