"""Circuit breakers: they pause a campaign whose latest deliveries ended badly.

The window is `campaigns.recent`: one letter (Mark) for each of the latest ends, newest last. A
skipped delivery leaves no letter: it would interrupt refusals in a row and push them out of the
window. A delivery lost with its account leaves none either: the other accounts go on. An admin who
resumes the campaign begins a new window.
"""

from __future__ import annotations

import re
from enum import StrEnum

from db.models.delivery import DeliveryStatus
from db.models.reason import Reason

WINDOW = 100  # letters

_OF_CONTENT = re.compile(r"MESSAGE_.*|ENTIT(Y|IES)_.*|MEDIA_CAPTION_.*|REQUEST_PAYLOAD_.*")
UNCLASSIFIED = "unclassified:"  # prefix of an error name that the error table lacks


class Mark(StrEnum):
    """How one delivery ended, as the breakers distinguish it."""

    SENT = "s"
    REFUSED = "r"  # Telegram refused for a reason of the contact
    BLOCKED = "b"  # the person has blocked the account
    OPTED_OUT = "o"  # a person opted out; not the end of a delivery
    CONTENT = "c"  # Telegram refused the message itself
    UNCLASSIFIED = "x"  # Telegram refused with an unknown error
    UNKNOWN = "u"


class Breaker(StrEnum):
    """Why a campaign pauses itself; the value is its pause_reason."""

    REFUSALS = "many_refusals"
    BLOCKS = "many_blocks"
    UNKNOWN = "many_unknown"
    CONTENT = "content_refused"
    UNCLASSIFIED = "unknown_errors"


def mark_of(status: DeliveryStatus, reason: str | None) -> Mark | None:
    """Return the mark of a delivery that ended with `status` for `reason`; None for no mark."""
    match status:
        case DeliveryStatus.SENT:
            return Mark.SENT
        case DeliveryStatus.UNKNOWN if reason == Reason.ACCOUNT_LOST:
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
    """Return the breaker that this window trips; None when the campaign may go on.

    A share of the window is a number of letters, so it can be exceeded before the window is full:
    more than 20 % of the last 50 is more than 10 of them.
    """
    if recent.endswith(Mark.UNCLASSIFIED * 3):
        return Breaker.UNCLASSIFIED
    if recent.endswith(Mark.CONTENT * 3):
        return Breaker.CONTENT
    if _count(recent[-50:], "rbcx") > 10:
        return Breaker.REFUSALS
    if _count(recent[-100:], "bo") > 2:
        return Breaker.BLOCKS
    if _count(recent[-100:], "u") > 1:
        return Breaker.UNKNOWN
    return None


def _count(letters: str, of: str) -> int:
    """Return how many of `letters` are among `of`."""
    return sum(letters.count(letter) for letter in of)
