"""Counts unanswered calls in a row, by account. Calls that fail together count once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass


@dataclass(slots=True)
class _Streak:
    failures: int = 0
    last_at: float = float("-inf")


class FailureStreaks:
    """The current streak of each account. Moments are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._streaks: defaultdict[int, _Streak] = defaultdict(_Streak)

    def failed(self, account_id: int, began_at: float, now: float) -> int:
        """Count a call that began at `began_at` and failed; return the length of the streak.

        A call that began before the last counted one failed is part of the same failure.
        """
        streak = self._streaks[account_id]
        if began_at >= streak.last_at:
            streak.failures += 1
            streak.last_at = now
        return streak.failures

    def ended(self, account_id: int) -> None:
        """End the streak: a call was answered, or the account rests."""
        self._streaks.pop(account_id, None)
