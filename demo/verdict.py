"""What really happened, read from the sandbox's log of effects and from nothing of the product's.

Only `unknown` cannot be seen there: it is the product's own admission that it does not know what
became of a message, so it is taken from the report that the admin was given.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from demo.sample import SENDER_ID, Sample
from sandbox.world import Message


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of people, except `duplicates`: messages beyond the first to the same person.

    `lost` could have been reached and were not; `wronged` got a message that they had barred.
    """

    audience: int
    sent: int
    failed: int
    skipped: int
    unknown: int
    duplicates: int
    lost: int
    wronged: int

    @property
    def good(self) -> bool:
        return not (self.unknown or self.duplicates or self.lost or self.wronged)

    def line(self) -> str:
        """The one line that a tour ends with."""
        return (
            f"tour: audience={self.audience} sent={self.sent} failed={self.failed} "
            f"skipped={self.skipped} unknown={self.unknown} duplicates={self.duplicates} "
            f"lost={self.lost}"
        )


def messages_per_person(log: Iterable[dict[str, Any]]) -> Counter[int]:
    """How many messages of the sender's account each person has received."""
    return Counter(
        entry["recipient"]
        for entry in log
        if entry["kind"] == "message"
        and entry["sender"] == SENDER_ID
        and entry["recipient"] != SENDER_ID
    )


def admitted_unknown(report: Message) -> int:
    """How many deliveries the product admits to know nothing of, in a campaign's report."""
    assert report.media is not None
    rows = csv.DictReader(io.StringIO(report.media.data.decode("utf-8-sig")))
    return sum(row["status"] == "unknown" for row in rows)


def judge(log: Iterable[dict[str, Any]], sample: Sample, unknown: int) -> Verdict:
    """Compare what the log holds with what should have become of each customer."""
    got = messages_per_person(log)
    everybody = {customer.id for customer in sample.customers}
    none = everybody - set(got)
    return Verdict(
        audience=len(everybody),
        sent=len(got),
        failed=len(none & sample.unreachable),
        skipped=len(none & sample.opted_out),
        unknown=unknown,
        duplicates=sum(got.values()) - len(got),
        lost=len(none & sample.reachable) - unknown,
        wronged=len(set(got) & (sample.opted_out | sample.unreachable)),
    )
