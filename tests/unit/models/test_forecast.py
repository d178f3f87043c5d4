"""The forecast: what is left is played by the rules of the engine, on paper."""

from __future__ import annotations

import time as clock
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from db.models.campaign import QUIET_NIGHT, Mode, QuietHours
from db.models.caps import Budget, Caps
from db.models.forecast import (
    Account,
    Bound,
    Cause,
    Crowd,
    Forecast,
    Outlook,
    People,
    Waiters,
)
from db.models.playing import play
from tests.unit.bot.examples import CAMPAIGN

NOW = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
BERLIN = replace(CAMPAIGN, quiet_hours=QUIET_NIGHT, zone="Europe/Berlin")  # 20/min
ANY_HOUR = replace(CAMPAIGN, quiet_hours=None)
WIDE = Caps(60_000, 10**6, 10**6, 0, 10**6, 0)
BUDGET = Budget(1, Caps(), NOW, NOW, NOW, 0, 0, 0)
ONE = Account(BUDGET)


def account(number: int, caps: Caps | None = None, **facts: object) -> Account:
    budget = replace(BUDGET, account_id=number, caps=caps or Caps(), **facts)  # type: ignore[arg-type]
    return Account(budget)


def known(count: int, *accounts: int) -> People:
    return People(known={frozenset(accounts or (1,)): count})


def forecast(
    *stretches: People,
    accounts: tuple[Account, ...] = (ONE,),
    waiters: tuple[Waiters, ...] = (),
    campaign: object = BERLIN,
    begins_at: datetime = NOW,
) -> Forecast:
    crowd = Crowd(stretches, waiters)
    return play(Outlook(campaign, crowd.count, NOW, begins_at, crowd, accounts))  # type: ignore[arg-type]


def end(found: Forecast) -> datetime:
    assert found.done_at is not None
    return found.done_at


def test_a_hundred_and_ninety_strangers_take_nineteen_days() -> None:
    one = forecast(People(190, 190))
    assert end(one).date() == NOW.date() + 18 * DAY
    assert (one.bound, one.per_day, one.first_per_day) == (Bound.FIRST_PER_DAY, 10, 10)
    two = forecast(People(190, 190), accounts=(account(1), account(2)))
    assert end(two).date() == NOW.date() + 9 * DAY
    assert two.per_day == 20


def test_people_whom_an_account_knows_go_out_at_the_rate() -> None:
    found = forecast(known(100))
    assert end(found) == NOW + 99 * timedelta(seconds=3)
    assert found.bound is Bound.RATE


def test_a_day_has_no_more_messages_than_its_cap() -> None:
    found = forecast(known(400))
    assert end(found).date() == NOW.date() + 2 * DAY
    assert (found.bound, found.per_day) == (Bound.PER_DAY, 150)


def test_what_was_sent_today_counts() -> None:
    spent = account(1, messages_today=150)
    assert end(forecast(known(1), accounts=(spent,))).date() == NOW.date() + DAY


def test_first_contacts_of_a_day_are_apart() -> None:
    found = forecast(People(5, 5))
    assert end(found) == NOW + 8 * MINUTE
    assert found.bound is Bound.FIRST_APART


def test_look_ups_of_a_day_bound_those_who_must_be_looked_up() -> None:
    few = account(1, Caps(lookups_per_day=4))
    found = forecast(People(12, 12), accounts=(few,))
    assert end(found).date() == NOW.date() + 2 * DAY
    assert found.bound is Bound.LOOKUPS_PER_DAY
    assert end(forecast(People(9, 0), accounts=(few,))).date() == NOW.date()


def test_a_slow_account_is_no_faster_than_its_minute() -> None:
    slow = account(1, Caps(per_minute=5))
    found = forecast(known(60), accounts=(slow,))
    assert end(found) == NOW + 59 * timedelta(seconds=12)
    assert found.bound is Bound.PER_MINUTE


def test_a_flood_halves_the_rate_for_an_hour() -> None:
    flooded = account(1, Caps(per_minute=2), floods=1)
    assert end(forecast(known(60), accounts=(flooded,))) == NOW + 59 * MINUTE
    usual = end(forecast(known(120), accounts=(flooded,))) - NOW
    assert 85 * MINUTE < usual < 95 * MINUTE  # an hour's 60, then 60 in half an hour


def test_a_rest_is_waited_for_unless_another_account_may_send() -> None:
    resting = replace(ONE, rests_until=NOW + 2 * HOUR)
    found = forecast(known(10), accounts=(resting,))
    assert end(found) == NOW + 2 * HOUR + 27 * timedelta(seconds=1)
    assert found.bound is Bound.REST
    both = (resting, account(2))
    assert end(forecast(known(10, 1, 2), accounts=both)) < NOW + MINUTE


def test_a_limited_account_writes_to_those_whom_it_knows() -> None:
    limited = account(1, next_first_at=NOW + DAY, limited=True)
    assert end(forecast(known(10), accounts=(limited,))) < NOW + MINUTE
    assert end(forecast(People(1), accounts=(limited,))) >= NOW + DAY


def test_nothing_leaves_in_quiet_hours() -> None:
    evening = NOW + 10 * HOUR - MINUTE  # a minute before nine in Berlin
    found = forecast(known(30), begins_at=evening)
    assert end(found) == datetime(2026, 11, 29, 8, 0, 27, tzinfo=UTC)
    noon = replace(BERLIN, quiet_hours=QuietHours(time(11), time(13)))
    assert end(forecast(known(1), campaign=noon)) == NOW + 2 * HOUR


@pytest.mark.parametrize("known_first", [True, False])
def test_strangers_behind_people_who_are_known_come_later(known_first: bool) -> None:
    """While an account may make first contacts, the campaign's order counts."""
    people = (known(1000), People(100, 100))
    found = forecast(*(people if known_first else people[::-1]))
    days = (end(found).date() - NOW.date()).days
    assert days == (15 if known_first else 13)


def test_those_who_wait_for_another_campaign_are_written_to_when_it_is_time() -> None:
    due = NOW + 20 * HOUR
    waits = Waiters(due + 9 * MINUTE, known(14), reached_by="Spring sale", first_due_at=due)
    found = forecast(known(20), waiters=(waits,), campaign=ANY_HOUR)
    assert (found.waiting, found.first_due_at, found.reached_by) == (14, due, ("Spring sale",))
    assert due < end(found) < due + 15 * MINUTE
    assert found.bound is Bound.FREQUENCY
    skips = replace(ANY_HOUR, frequency_skips=True)
    found = forecast(known(20), waiters=(waits,), campaign=skips)
    assert found.waiting == 14
    assert end(found) < NOW + MINUTE


def test_whose_wait_ends_at_night_gets_it_in_the_morning() -> None:
    waits = Waiters(NOW + 14 * HOUR, known(3))
    found = forecast(waiters=(waits,))
    assert found.first_due_at == datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    assert end(found) == found.first_due_at + timedelta(seconds=6)


def test_a_retry_is_not_counted_as_a_wait_for_another_campaign() -> None:
    retry = Waiters(NOW + HOUR, known(1), Cause.DEFERRED)
    found = forecast(waiters=(retry,))
    assert (found.waiting, found.first_due_at) == (0, None)
    assert end(found) == NOW + HOUR


def test_without_an_account_there_is_no_end() -> None:
    found = forecast(known(1), accounts=())
    assert (found.done_at, found.bound) == (None, Bound.NO_ACCOUNT)


def test_nothing_left_is_done_now() -> None:
    assert end(forecast()) == NOW


def test_a_dry_run_and_a_test_know_no_caps() -> None:
    dry = replace(CAMPAIGN, mode=Mode.DRY_RUN)
    assert play(Outlook(dry, 1001, NOW, NOW)).done_at == NOW + timedelta(seconds=10)
    test = replace(CAMPAIGN, mode=Mode.TEST)
    assert play(Outlook(test, 10, NOW, NOW)).done_at == NOW + timedelta(seconds=27)


@pytest.mark.parametrize("count", [300_000, 3_000_000])
def test_ten_years_are_the_horizon(count: int) -> None:
    found = forecast(People(count))
    assert (found.done_at, found.bound, found.per_day) == (None, Bound.FIRST_PER_DAY, 10)


def test_days_that_are_alike_end_as_if_each_were_played(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = account(1, messages_today=90, first_today=3), account(2, Caps(30, 60, 7, 300))
    stretches = [People(70, 50, {frozenset((1,)): 500, frozenset((1, 2)): 130})] * 4
    skipped = forecast(*stretches, known(400, 2), accounts=(first, second))
    monkeypatch.setattr("db.models.playing._Play._skip_days", lambda _self: None)
    assert forecast(*stretches, known(400, 2), accounts=(first, second)) == skipped
    assert end(skipped) > NOW + 15 * DAY


def test_a_million_people_are_played_in_a_blink() -> None:
    wide = (account(1, WIDE), account(2, WIDE))
    mixed = People(25_000, 25_000, {frozenset((1,)): 15_000, frozenset((1, 2)): 10_000})
    began = clock.process_time()
    found = forecast(*[mixed] * 20, accounts=wide)
    assert clock.process_time() - began < 1
    days = (end(found) - NOW) / DAY
    assert 65 < days < 73  # 14 400 in the twelve hours of a day
