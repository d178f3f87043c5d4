"""What really happened, from the sandbox's log of effects, held against what the rows say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

A_TICK = timedelta(microseconds=2)  # Postgres keeps microseconds


@dataclass(frozen=True, slots=True)
class Verdict:
    """`recipients` could all be reached. `duplicates` counts messages beyond the first to one.

    `lost` got nothing, and no row admits that (`unknown` does). `untrue` rows disagree with the
    log about the message's id. `crowded` slots lie closer together than the rate allows.
    """

    recipients: int
    duplicates: int
    lost: int
    unknown: int
    untrue: int
    crowded: int

    @property
    def good(self) -> bool:
        return not (self.duplicates or self.lost or self.unknown or self.untrue or self.crowded)


def judge(
    log: Collection[dict[str, Any]],
    senders: Collection[int],
    recipients: Collection[int],
    rows: Sequence[Any],
    interval: timedelta,
) -> Verdict:
    """`rows` of deliveries carry status, random_id, message_id and slot_at; `senders` user ids."""
    sent = [e for e in log if e["kind"] == "message" and e["sender"] in senders]
    copies = Counter(entry["recipient"] for entry in sent)
    unknown = sum(row["status"] == "unknown" for row in rows)
    truth = {entry["random_id"]: entry["message_id"] for entry in sent}
    said = {row["random_id"]: row["message_id"] for row in rows if row["status"] == "sent"}
    slots = sorted(row["slot_at"] for row in rows if row["slot_at"] is not None)
    return Verdict(
        recipients=len(recipients),
        duplicates=sum(copies.values()) - len(copies),
        lost=len(set(recipients) - set(copies)) - unknown,
        unknown=unknown,
        untrue=sum(truth.get(random_id) != message_id for random_id, message_id in said.items()),
        crowded=_crowded(slots, interval),
    )


def _crowded(slots: Sequence[datetime], interval: timedelta) -> int:
    return sum(later - earlier < interval - A_TICK for earlier, later in pairwise(slots))
