"""The database's clock: read through slow answers, and while it is set back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sender.pacing.database_clock import DatabaseClock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_slot_lies_as_far_ahead_on_the_local_clock() -> None:
    clock = DatabaseClock()
    clock.add_reading(NOON, asked_at=1000.0, answered_at=1000.0)
    assert clock.local(NOON + timedelta(seconds=1.5)) == 1001.5


def said(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def test_a_slow_answer_beside_a_quick_one_delays_no_message() -> None:
    clock = DatabaseClock()
    clock.add_reading(said(0), asked_at=1000.0, answered_at=1000.001)
    clock.add_reading(said(1), asked_at=1000.9, answered_at=1001.5)
    assert clock.local(said(2)) == pytest.approx(1002.001)
    clock.add_reading(said(3), asked_at=1003.0, answered_at=1003.0005)
    assert clock.local(said(4)) == pytest.approx(1004.0005)


def test_an_old_reading_does_not_count() -> None:
    clock = DatabaseClock()
    clock.add_reading(said(0), asked_at=1000.0, answered_at=1000.0)
    clock.add_reading(said(6), asked_at=1006.0, answered_at=1006.2)
    assert clock.local(said(7)) == pytest.approx(1007.0)
    clock.add_reading(said(12), asked_at=1012.0, answered_at=1012.3)
    assert clock.local(said(13)) == pytest.approx(1013.2)


def test_after_the_clock_was_set_back_no_message_leaves_early() -> None:
    clock = DatabaseClock()
    clock.add_reading(said(0), asked_at=1000.0, answered_at=1000.001)
    clock.add_reading(said(-59), asked_at=1001.0, answered_at=1001.002)  # a minute back
    assert clock.local(said(-58)) == pytest.approx(1002.002)
