"""The back-off between two attempts, after a refusal (a retry) or in doubt (a repeat)."""

from __future__ import annotations

import random
from datetime import timedelta

FIRST_RETRY, LONGEST_RETRY = 5.0, 3600.0  # seconds
FIRST_REPEAT, LONGEST_REPEAT = 1.0, 60.0  # seconds
JITTER = 0.2  # of the wait


def retry_wait(retries: int, chance: random.Random | None = None) -> timedelta:
    """Return the wait after a definite refusal: 5, 10, 20 … s, plus up to 20 % of jitter.

    `retries` counts the retries made so far. The longest wait is an hour, before the jitter.
    `chance` is the source of the jitter; None: the random module.
    """
    wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(retries, 20))
    share = (chance or random).random()
    return timedelta(seconds=wait * (1 + JITTER * share))


def repeat_wait(attempts: int) -> timedelta:
    """Return the wait before an ambiguous call is repeated: 1, 2, 4, 8 … s, at most a minute.

    `attempts` counts the calls made so far.
    """
    return timedelta(seconds=min(LONGEST_REPEAT, FIRST_REPEAT * 2 ** min(max(attempts, 1) - 1, 10)))
