"""The campaign report that the admin receives: recognised in the chat and in the log, and read.

The product sends it as a CSV file, UTF-8 with a BOM, with the columns number, contact, status,
reason, time and message id. The header and the statuses are in the admin's language.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from sandbox.world import Message

FILE_PREFIX = "campaign-"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One person of a campaign. `contact` is "+phone", "@username" or a user id.

    `message_id` is None when no message was sent.
    """

    contact: str
    status: str
    message_id: int | None


def is_report(message: Message) -> bool:
    """Return whether this message carries the report of a finished campaign."""
    return message.media is not None and message.media.file_name.startswith(FILE_PREFIX)


def is_report_entry(entry: dict[str, object]) -> bool:
    """Return whether this entry of the log of effects is a report that reached the admin."""
    return str(entry.get("file_name")).startswith(FILE_PREFIX)


def read_report(message: Message) -> list[ReportRow]:
    """Return the rows of a report, in its order. Raises ValueError when its columns differ."""
    assert message.media is not None
    text = io.StringIO(message.media.data.decode("utf-8-sig"))
    return [
        ReportRow(contact, status, int(message_id) if message_id else None)
        for _, contact, status, _, _, message_id in list(csv.reader(text))[1:]
    ]
