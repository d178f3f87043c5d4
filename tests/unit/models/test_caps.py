"""Budgets give out slots as far as the caps allow; breakers trip at their share."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.models.breaker import Breaker, tripped
from db.models.caps import Budget, Caps, SlotRequest

NOW = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FRESH = Budget(1, Caps(), NOW, NOW, NOW, 0, 0, 0)


def requests(count: int, *, first: bool = False, counted: bool = False) -> list[SlotRequest]:
    return [SlotRequest(NOW, first, counted)] * count


def test_messages_of_an_account_are_a_minutes_share_apart() -> None:
    grant = FRESH.grant(requests(3))
    assert grant.moments == (NOW, NOW + 3 * SECOND, None)  # the third would be more than 5 s late
    assert grant.left.messages_today == 2


@pytest.mark.parametrize("per_minute", [7, 20, 119, 121, 600, 6000])
def test_no_minute_has_more_messages_than_its_cap(per_minute: int) -> None:
    budget = replace(FRESH, caps=Caps(per_minute, 10**6, 10**6, 0, 10**6))
    moments: list[datetime] = []
    for step in range(300):  # a claim every 0.4 s for two minutes, of as much as is allowed
        now = NOW + step * SECOND * 0.4
        asks = [SlotRequest(now + SECOND * 0.5, False, False)] * budget.messages_within(
            SECOND * 0.5
        )
        budget = replace(budget, now=now, next_slot_at=max(now, budget.next_slot_at))
        grant = budget.grant(asks)
        budget = grant.left
        moments += [moment for moment in grant.moments if moment]
    moments.sort()
    for place, begin in enumerate(moments):
        assert bisect_left(moments, begin + 60 * SECOND) - place <= per_minute


def test_a_flood_halves_the_rate() -> None:
    assert replace(FRESH, floods=1).interval == 2 * FRESH.interval
    assert replace(FRESH, floods=2).interval == 4 * FRESH.interval


def test_the_day_ends_with_its_last_message() -> None:
    wide = replace(FRESH, caps=Caps(60_000, 5, 5, 0, 5), messages_today=3)
    grant = wide.grant(requests(4))
    assert [moment is not None for moment in grant.moments] == [True, True, False, False]
    assert grant.left.messages_within(SECOND) == 0


def test_first_contacts_are_counted_and_apart() -> None:
    quick = replace(FRESH, caps=replace(FRESH.caps, per_minute=60_000))
    grant = quick.grant([*requests(2, first=True), *requests(1)])
    assert [moment is not None for moment in grant.moments] == [True, False, True]
    assert grant.left.first_today == 1
    assert grant.left.first_contacts_within(SECOND) == 0
    assert replace(grant.left, now=NOW + 120 * SECOND).first_contacts_within(SECOND) == 1


def test_a_repeat_is_not_counted_twice() -> None:
    spent = replace(FRESH, messages_today=150, first_today=10)
    grant = spent.grant([SlotRequest(NOW, first=False, counted=True)])
    assert grant.moments == (NOW,)
    assert grant.left.messages_today == 150


@pytest.mark.parametrize(
    ("typed", "caps"),
    [
        ("20 150 10 120 40", Caps()),
        (" 600, 2000, 500, 0, 500 ", Caps(600, 2000, 500, 0, 500)),
        ("600 2000 500 0 500 0", Caps(600, 2000, 500, 0, 500, 0)),
        ("600 2000 500 0 500 0 9", None),
        ("0 150 10 120 40", None),
        ("20 150 10 120", None),
        ("20 150 10 120 -4", None),
        ("twenty", None),
    ],
)
def test_five_numbers_are_read(typed: str, caps: Caps | None) -> None:
    assert Caps.parse(typed) == caps


@pytest.mark.parametrize(
    ("recent", "breaker"),
    [
        ("", None),
        ("s" * 100, None),
        ("r" * 10 + "s" * 40, None),
        ("r" * 11, Breaker.REFUSALS),
        ("r" * 11 + "s" * 50, None),  # outside the window of 50
        ("sbsb", None),
        ("sbsbo", Breaker.BLOCKS),
        ("u" + "s" * 98, None),
        ("u" + "s" * 98 + "u", Breaker.UNKNOWN),
        ("xxsx", None),
        ("sxxx", Breaker.UNCLASSIFIED),
        ("ccsc", None),
        ("ccc", Breaker.CONTENT),
        ("-" * 50, None),
    ],
)
def test_a_breaker_trips_at_its_share(recent: str, breaker: Breaker | None) -> None:
    assert tripped(recent) == breaker
