"""Counts unanswered calls in a row, by account and call. Calls that fail together count once.

An answer ends the streak of its own call only. That a client can be opened after each lost message
says nothing about the next message.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass


@dataclass(slots=True)
class _Streak:
    failures: int = 0
    last_at: float = float("-inf")


class FailureStreaks:
    """The current streak of each account and call. Moments are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._streaks: defaultdict[tuple[int, str], _Streak] = defaultdict(_Streak)

    def failed(self, account_id: int, call: str, began_at: float, now: float) -> int:
        """Count a call that began at `began_at` and failed; return the length of the streak.

        A call that began before the last counted one failed is part of the same failure.
        """
        streak = self._streaks[account_id, call]
        if began_at >= streak.last_at:
            streak.failures += 1
            streak.last_at = now
        return streak.failures

    def ended(self, account_id: int, call: str) -> None:
        """End the streak: this call was answered, or the account rests for it."""
        self._streaks.pop((account_id, call), None)
