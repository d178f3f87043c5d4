"""Slots: taken in half-seconds, left one after the other, and never in a burst."""

from __future__ import annotations

import pytest

from sender.pacing import Departures, batch_size


@pytest.mark.parametrize(
    ("per_second", "rows"), [(1 / 3, 1), (1, 1), (2, 1), (50, 25), (100, 50), (5000, 100)]
)
def test_a_claim_takes_half_a_second_of_the_rate(per_second: float, rows: int) -> None:
    assert batch_size(per_second) == rows


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
