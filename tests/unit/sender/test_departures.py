"""Departures: claimed in batches of half a second, one after the other, never in a burst."""

from __future__ import annotations

import asyncio

import pytest

from sender.pacing.departures import Departures, batch_size


@pytest.mark.parametrize(
    ("per_second", "rows"), [(1 / 3, 1), (1, 1), (2, 1), (50, 25), (100, 50), (5000, 100)]
)
def test_a_claim_takes_half_a_second_of_the_rate(per_second: float, rows: int) -> None:
    assert batch_size(per_second) == rows


def test_a_punctual_message_departs_at_its_slot() -> None:
    departures = Departures(0.5)
    assert [departures.plan(slot, 9.0) for slot in (10.0, 10.5, 11.0)] == [10.0, 10.5, 11.0]


def test_late_messages_do_not_depart_in_a_burst() -> None:
    departures = Departures(0.5)
    assert [departures.plan(slot, 20.0) for slot in (10.0, 10.5, 11.0)] == [20.0, 20.5, 21.0]
    assert departures.plan(30.0, 25.0) == 30.0


INTERVALS = [0.01, 0.05, 0.4, 1.0, 3.0]
STANDSTILL = 10.0, 10.7
SHORT = 10.5, 10.9  # within one batch of the process that stands still; shared before the next


def woken(slot: float, standstill: tuple[float, float]) -> float:
    """Return when a message of this slot wakes in a process that stood still."""
    return standstill[1] if standstill[0] < slot < standstill[1] else slot


def most_in_a_window(departures: list[float], window: float) -> int:
    return max(sum(one <= other < one + window for other in departures) for one in departures)


@pytest.mark.parametrize("interval", INTERVALS)
def test_after_a_standstill_no_second_has_more_than_one_message_above_the_rate(
    interval: float,
) -> None:
    departures = Departures(interval)
    slots = [n * interval for n in range(int(20 / interval))]
    left = []
    for slot in slots:
        left.append(max(woken(slot, STANDSTILL), departures.earliest(slot)))
        departures.leave(slot, left[-1])
    assert most_in_a_window(left, departures.window) <= max(1, int(1 / interval)) + 1
    assert left[-1] - slots[-1] < 0.5, "what was late is caught up with"
    assert all(moment >= slot for moment, slot in zip(left, slots, strict=True))


@pytest.mark.parametrize("interval", INTERVALS)
def test_processes_that_share_late_departures_keep_the_rate_as_one_process_does(
    interval: float,
) -> None:
    """Three processes claim batches of half a second in turns; one of them stands still."""
    halting, *_ = processes = [Departures(interval, lambda: None) for _ in range(3)]
    size, left = batch_size(1 / interval), list[float]()
    told = list[tuple[float, float]]()
    for batch in range(int(20 / interval / size)):
        mine = processes[batch % 3]
        for slot, at in told:
            mine.add_remote(slot, at)
        for slot in (n * interval for n in range(batch * size, (batch + 1) * size)):
            ready = woken(slot, SHORT) if mine is halting else slot
            left.append(max(ready, mine.earliest(slot)))
            mine.leave(slot, left[-1])
        told += mine.take_late()
    assert most_in_a_window(left, halting.window) <= max(1, int(1 / interval)) + 1


def test_only_late_departures_are_shared() -> None:
    told = 0

    def count() -> None:
        nonlocal told
        told += 1

    departures = Departures(0.01, count)
    for slot, at in ((1.0, 1.001), (1.01, 1.03), (1.02, 1.03)):
        departures.leave(slot, at)
    assert told == 1, "once for all that wait to be taken"
    assert departures.take_late() == [(1.01, 1.03), (1.02, 1.03)]
    assert departures.take_late() == []


async def test_a_halt_ends_the_wait_and_the_message_does_not_leave() -> None:
    departures, halt = Departures(0.01, lambda: None), asyncio.Event()
    now = asyncio.get_running_loop().time()
    departures.leave(now, now + 3_600)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(departures.depart(now + 2, halt))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        halt.set()
    assert departures.take_late() == [(now, now + 3_600)]
