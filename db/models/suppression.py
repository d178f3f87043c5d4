"""A bar from all campaigns: why it stands."""

from __future__ import annotations

from enum import StrEnum


class SuppressionReason(StrEnum):
    OPT_OUT = "opt_out"  # the person asked
    BLOCKED = "blocked"  # the person blocked an account of ours
    IMPORTED = "imported"  # a stop list from a file
    BY_HAND = "by_hand"  # an admin
    ASKED = "asked"  # until an admin has decided what the person meant
