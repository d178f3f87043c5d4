"""Circuit breakers: how the latest deliveries of a campaign ended, and when that is too bad.

Each end is one letter of `campaigns.recent`, the newest last. What was skipped leaves no letter:
it would hide refusals in a row and push them out of the window. Nor does what was lost with its
account: the other accounts go on. A person who resumes the campaign begins a new window.
"""

from __future__ import annotations

import re
from enum import StrEnum

from db.models.delivery import DeliveryStatus

WINDOW = 100  # letters that are kept

_OF_CONTENT = re.compile(r"MESSAGE_.*|ENTIT(Y|IES)_.*|MEDIA_CAPTION_.*|REQUEST_PAYLOAD_.*")
UNCLASSIFIED = "unclassified:"  # before the name that Telegram wrote
ACCOUNT_LOST = "account_lost"  # in doubt as the session of its account ended


class Mark(StrEnum):
    """How one delivery ended, as far as the breakers care."""

    SENT = "s"
    REFUSED = "r"
    BLOCKED = "b"
    OPTED_OUT = "o"  # no end of a delivery: somebody asked us to stop
    CONTENT = "c"  # their words were refused, not they
    UNCLASSIFIED = "x"
    UNKNOWN = "u"


class Breaker(StrEnum):
    """Why a campaign pauses itself; the value is its pause_reason."""

    SKIPS = "many_refusals"
    BLOCKS = "many_blocks"
    UNKNOWN = "many_unknown"
    CONTENT = "content_refused"
    UNCLASSIFIED = "unknown_errors"


def mark_of(status: DeliveryStatus, reason: str | None) -> Mark | None:
    """The letter of a delivery that ended with `status` for `reason`; None when it leaves none."""
    match status:
        case DeliveryStatus.SENT:
            return Mark.SENT
        case DeliveryStatus.UNKNOWN if reason == ACCOUNT_LOST:
            return None
        case DeliveryStatus.UNKNOWN:
            return Mark.UNKNOWN
        case DeliveryStatus.FAILED if reason == "USER_IS_BLOCKED":
            return Mark.BLOCKED
        case DeliveryStatus.FAILED if reason and reason.startswith(UNCLASSIFIED):
            return Mark.UNCLASSIFIED
        case DeliveryStatus.FAILED if reason and _OF_CONTENT.fullmatch(reason):
            return Mark.CONTENT
        case DeliveryStatus.FAILED:
            return Mark.REFUSED
    return None


def tripped(recent: str) -> Breaker | None:
    """The breaker that these letters trip; None when they may go on.

    A share of a window is a number of letters: more than 20 % of the last 50 is more than 10 of
    them, and is reached before all 50 are there.
    """
    if recent.endswith(Mark.UNCLASSIFIED * 3):
        return Breaker.UNCLASSIFIED
    if recent.endswith(Mark.CONTENT * 3):
        return Breaker.CONTENT
    if _count(recent[-50:], "rbcx") > 10:
        return Breaker.SKIPS
    if _count(recent[-100:], "bo") > 2:
        return Breaker.BLOCKS
    if _count(recent[-100:], "u") > 1:
        return Breaker.UNKNOWN
    return None


def _count(letters: str, of: str) -> int:
    return sum(letters.count(letter) for letter in of)
