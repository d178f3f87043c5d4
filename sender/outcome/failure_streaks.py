"""Failures in a row, of each account. What fails at the same time counts once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass


@dataclass(slots=True)
class _Streak:
    failures: int = 0
    last_at: float = float("-inf")


class FailureStreaks:
    """Counts calls that failed one after the other; moments are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._streaks: defaultdict[int, _Streak] = defaultdict(_Streak)

    def failed(self, account_id: int, began_at: float, now: float) -> int:
        """How many calls in a row have failed, with this one, which began at `began_at`.

        A call that was under way already when another failed says nothing new.
        """
        streak = self._streaks[account_id]
        if began_at >= streak.last_at:
            streak.failures += 1
            streak.last_at = now
        return streak.failures

    def ended(self, account_id: int) -> None:
        """A call was answered, or the account was sent to rest: the next failure is the first."""
        self._streaks.pop(account_id, None)
