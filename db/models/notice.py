"""A notice: one part of the news of one event, for one admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class NoticeKind(StrEnum):
    """The table that has the event; the most urgent first."""

    UNCLEAR_REPLY = "unclear_reply"  # a question: nothing is sent to the person until it is decided
    ACCOUNT_EVENT = "account_event"
    CAMPAIGN_EVENT = "campaign_event"


class NoticePart(StrEnum):
    """A part is sent and tried again apart from the others."""

    MESSAGE = "message"
    FILE = "file"  # of a report; it follows the message


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of notices.

    `attempts` includes the one under way. `refusals` of the others failed for the content. `age` is
    by the database's clock.
    """

    id: int
    kind: NoticeKind
    event_id: int
    admin_id: int
    part: NoticePart
    attempts: int
    refusals: int
    age: timedelta
