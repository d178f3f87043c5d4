"""The back-off between two attempts of a delivery."""

from __future__ import annotations

import random
from datetime import timedelta

FIRST_RETRY, LONGEST_RETRY = 5.0, 3600.0
FIRST_REPEAT, LONGEST_REPEAT = 1.0, 60.0
JITTER = 0.2


def retry_wait(retries: int, chance: random.Random | None = None) -> timedelta:
    """Return the wait after a definite refusal: 5, 10, 20 … s, plus up to 20 % of jitter.

    `retries` counts the retries made so far. The longest wait is an hour.
    """
    wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(retries, 20))
    share = (chance or random).random()
    return timedelta(seconds=wait * (1 + JITTER * share))


def repeat_wait(attempts: int) -> timedelta:
    """Return the wait before an ambiguous call is repeated: 1, 2, 4, 8 … s, at most a minute."""
    return timedelta(seconds=min(LONGEST_REPEAT, FIRST_REPEAT * 2 ** min(max(attempts, 1) - 1, 10)))
