"""Why an identity is suppressed: no campaign writes to it."""

from __future__ import annotations

from enum import StrEnum


class SuppressionReason(StrEnum):
    """All but UNCLEAR_REPLY are final."""

    OPT_OUT = "opt_out"  # the person opted out
    BLOCKED = "blocked"  # the person has blocked an account
    IMPORTED = "imported"  # from a stop list in a file
    BY_HAND = "by_hand"  # an admin added it
    UNCLEAR_REPLY = "unclear_reply"  # until an admin decides whether a reply is an opt-out
