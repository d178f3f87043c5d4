"""The back-off doubles the wait each time, up to a limit."""

from __future__ import annotations

import random

from sender.outcome.retry import repeat_wait, retry_wait


def test_retries_wait_twice_as_long_each_time_with_some_jitter() -> None:
    for retries, least in enumerate((5, 10, 20, 40)):
        assert least <= retry_wait(retries, random.Random(1)).total_seconds() <= least * 1.2


def test_repeats_wait_twice_as_long_each_time_up_to_a_minute() -> None:
    waits = [repeat_wait(attempts).total_seconds() for attempts in (1, 2, 3, 4, 40)]
    assert waits == [1, 2, 4, 8, 60]
