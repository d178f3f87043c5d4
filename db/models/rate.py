"""The delivery rate: how many messages in which period, as exact integers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_PERIODS = {
    1: ("s", "sec", "second", "с", "сек", "секунду"),
    60: ("", "m", "min", "minute", "м", "мин", "минуту"),
    3600: ("h", "hour", "ч", "час"),
}
_SECONDS = {word: seconds for seconds, words in _PERIODS.items() for word in words}
_WRITTEN = re.compile(r"(\d{1,6}) ?(?:/|per|в)? ?([a-zа-я]*)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` messages per `seconds`, which is 1, 60 or 3600."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate | None:
        """Return the rate of "20/min", "2/s", "500/h" or "20" (per minute), else None."""
        if not (match := _WRITTEN.fullmatch(" ".join(text.split()))):
            return None
        count, seconds = int(match[1]), _SECONDS.get(match[2].casefold())
        return cls(count, seconds) if count and seconds else None

    @property
    def interval(self) -> timedelta:
        """The time between two slots."""
        return timedelta(seconds=self.seconds) / self.count

    @property
    def per_second(self) -> float:
        """Messages per second."""
        return self.count / self.seconds

    def duration(self, messages: int) -> timedelta:
        """Return how long `messages` take at this rate."""
        return timedelta(seconds=messages * self.seconds / self.count)
