"""Judges a finished campaign by the sandbox's log of effects, not by the product's own rows.

Only `unknown` is taken from the product. The log cannot show it, so it is counted in the report
that the admin received.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from demo.report import read_report
from demo.sample import SENDER_ID, Sample
from sandbox.world import Message


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of people; `duplicates` counts messages beyond the first to the same person.

    `lost` are reachable people who received nothing. `unwanted` are people who received a message
    although they had opted out or could not be reached. `unknown` are deliveries whose outcome the
    product does not know.
    """

    audience: int
    sent: int
    failed: int
    skipped: int
    unknown: int
    duplicates: int
    lost: int
    unwanted: int

    @property
    def good(self) -> bool:
        """Return whether each reachable person received one message and the others none."""
        return not (self.unknown or self.duplicates or self.lost or self.unwanted)

    def line(self) -> str:
        """Return the line that a tour ends with, in key=value form."""
        return (
            f"tour: audience={self.audience} sent={self.sent} failed={self.failed} "
            f"skipped={self.skipped} unknown={self.unknown} duplicates={self.duplicates} "
            f"lost={self.lost}"
        )


def messages_per_person(log: Iterable[dict[str, Any]]) -> Counter[int]:
    """Return how many messages of the sender's account each person received, by person id."""
    return Counter(
        entry["recipient"]
        for entry in log
        if entry["kind"] == "message"
        and entry["sender"] == SENDER_ID
        and entry["recipient"] != SENDER_ID
    )


def reported_unknown(report: Message) -> int:
    """Return how many deliveries a report in English calls unknown."""
    return sum(row.status == "unknown" for row in read_report(report))


def judge(log: Iterable[dict[str, Any]], sample: Sample, unknown: int) -> Verdict:
    """Compare the log of effects with what each customer of `sample` should have received.

    `unknown` is the number of deliveries whose outcome the product does not know.
    """
    received = messages_per_person(log)
    audience = {customer.id for customer in sample.customers}
    without = audience - set(received)
    return Verdict(
        audience=len(audience),
        sent=len(received),
        failed=len(without & sample.unreachable),
        skipped=len(without & sample.opted_out),
        unknown=unknown,
        duplicates=sum(received.values()) - len(received),
        lost=len(without & sample.reachable) - unknown,
        unwanted=len(set(received) & (sample.opted_out | sample.unreachable)),
    )
