"""Compare what happened, from the sandbox's log of effects, with what the rows say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

A_TICK = timedelta(microseconds=2)  # Postgres keeps microseconds

ROWS = """
SELECT status, peer_id, random_id, message_id, slot_at FROM deliveries WHERE campaign_id = $1
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of one campaign; none is negative.

    recipients  people of the campaign who could be reached
    duplicates  messages beyond the first to the same person
    lost        recipients who got nothing and have no row that says unknown
    unknown     rows that say unknown: a person must decide
    arrived     of these, rows whose message is in the log
    denied      rows that are neither sent nor unknown, and their message is in the log
    untrue      sent rows whose message id is not the one in the log, or is another row's
    crowded     slots closer together than the rate allows
    """

    recipients: int
    duplicates: int
    lost: int
    unknown: int
    arrived: int
    denied: int
    untrue: int
    crowded: int

    @property
    def good(self) -> bool:
        """Each recipient got one message, at the rate, and each row says what happened."""
        faults = (self.duplicates, self.lost, self.unknown, self.denied, self.untrue, self.crowded)
        return not any(faults)


def judge(
    log: Collection[dict[str, Any]],
    senders: Collection[int],
    recipients: Collection[int],
    rows: Sequence[Any],
    interval: timedelta,
) -> Verdict:
    """Return the verdict on one campaign.

    `log`: entries of the sandbox. `senders`, `recipients`: Telegram user ids. `rows`: the answer
    to `ROWS`. `interval`: the least time between two slots.
    """
    sent = [e for e in log if e["kind"] == "message" and e["sender"] in senders]
    copies = Counter(entry["recipient"] for entry in sent)
    truth = {entry["random_id"]: entry["message_id"] for entry in sent}
    unknown = [row for row in rows if row["status"] == "unknown"]
    others = [row for row in rows if row["status"] not in ("sent", "unknown")]
    claims = [row for row in rows if row["status"] == "sent"]
    said = {row["random_id"]: row["message_id"] for row in claims}
    slots = sorted(row["slot_at"] for row in rows if row["slot_at"] is not None)
    return Verdict(
        recipients=len(recipients),
        duplicates=sum(copies.values()) - len(copies),
        lost=len(set(recipients) - set(copies) - {row["peer_id"] for row in unknown}),
        unknown=len(unknown),
        arrived=sum(row["random_id"] in truth for row in unknown),
        denied=sum(row["random_id"] in truth for row in others),
        untrue=len(claims)
        - sum(truth.get(random_id) == message_id for random_id, message_id in said.items()),
        crowded=_crowded(slots, interval),
    )


def _crowded(slots: Sequence[datetime], interval: timedelta) -> int:
    return sum(later - earlier < interval - A_TICK for earlier, later in pairwise(slots))
