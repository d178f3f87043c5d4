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
    clock = DatabaseClock(NOON, heard_at=1000.0)
    assert clock.local(NOON + timedelta(seconds=1.5)) == 1001.5


def test_whoever_is_in_time_departs_at_the_slot() -> None:
    departures = Departures()
    assert [departures.plan(slot, 9.0, 0.5) for slot in (10.0, 10.5, 11.0)] == [10.0, 10.5, 11.0]


def test_whoever_is_late_does_not_depart_in_a_burst() -> None:
    departures = Departures()
    assert [departures.plan(slot, 20.0, 0.5) for slot in (10.0, 10.5, 11.0)] == [20.0, 20.5, 21.0]
    assert departures.plan(30.0, 25.0, 0.5) == 30.0
