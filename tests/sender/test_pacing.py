"""Slots: taken in half-seconds, mapped to the local clock, and never left early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sender.pacing import DatabaseClock, Departures, batch_size

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("per_second", "rows"), [(1 / 3, 1), (1, 1), (2, 1), (50, 25), (100, 50), (5000, 100)]
)
def test_a_claim_takes_half_a_second_of_the_rate(per_second: float, rows: int) -> None:
    assert batch_size(per_second) == rows


def test_a_slot_lies_as_far_ahead_on_the_local_clock() -> None:
    clock = DatabaseClock()
    clock.hear(NOON, asked_at=1000.0, heard_at=1000.0)
    assert clock.local(NOON + timedelta(seconds=1.5)) == 1001.5


def said(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def test_a_slow_answer_makes_nobody_late_beside_a_quick_one() -> None:
    clock = DatabaseClock()
    clock.hear(said(0), asked_at=1000.0, heard_at=1000.001)
    clock.hear(said(1), asked_at=1000.9, heard_at=1001.5)
    assert clock.local(said(2)) == pytest.approx(1002.001)
    clock.hear(said(3), asked_at=1003.0, heard_at=1003.0005)
    assert clock.local(said(4)) == pytest.approx(1004.0005)


def test_what_was_heard_long_ago_is_forgotten() -> None:
    clock = DatabaseClock()
    clock.hear(said(0), asked_at=1000.0, heard_at=1000.0)
    clock.hear(said(6), asked_at=1006.0, heard_at=1006.2)
    assert clock.local(said(7)) == pytest.approx(1007.0)
    clock.hear(said(12), asked_at=1012.0, heard_at=1012.3)
    assert clock.local(said(13)) == pytest.approx(1013.2)


def test_a_clock_that_is_set_back_lets_nobody_leave_early() -> None:
    clock = DatabaseClock()
    clock.hear(said(0), asked_at=1000.0, heard_at=1000.001)
    clock.hear(said(-59), asked_at=1001.0, heard_at=1001.002)  # a minute back
    assert clock.local(said(-58)) == pytest.approx(1002.002)


def test_whoever_is_in_time_departs_at_the_slot() -> None:
    departures = Departures(0.5)
    assert [departures.plan(slot, 9.0) for slot in (10.0, 10.5, 11.0)] == [10.0, 10.5, 11.0]


def test_whoever_is_late_does_not_depart_in_a_burst() -> None:
    departures = Departures(0.5)
    assert [departures.plan(slot, 20.0) for slot in (10.0, 10.5, 11.0)] == [20.0, 20.5, 21.0]
    assert departures.plan(30.0, 25.0) == 30.0


@pytest.mark.parametrize("interval", [0.01, 0.05, 0.4, 1.0, 3.0])
def test_a_loop_that_stood_still_lets_no_second_have_more_than_one_above_the_rate(
    interval: float,
) -> None:
    departures, standstill = Departures(interval), (10.0, 10.7)
    slots = [n * interval for n in range(int(20 / interval))]
    woken = [standstill[1] if standstill[0] < slot < standstill[1] else slot for slot in slots]
    gone = [departures.depart(moment) for moment in woken]
    most = max(sum(moment <= other < moment + 0.999999 for other in gone) for moment in gone)
    assert most <= int(1 / interval) + 1
    assert gone[-1] - slots[-1] < 0.5, "what was late is caught up with"
    assert all(moment >= slot for moment, slot in zip(gone, slots, strict=True))
