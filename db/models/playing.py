"""Plays what is left of a campaign by the rules of the engine, to forecast when it is done.

The rules are those of sender.engine.slices: while an account may make first contacts, people are
taken in the campaign's order; while none may, those whom an account knows are taken out of turn.
Nothing is sent in quiet hours. Days are those of the campaign's zone.

A step sends one message, or many of one kind between two events, and a day like the day before is
not played again. So a million people take some thousand steps. Moments are POSIX timestamps.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from typing import TypeAlias

from db.models.campaign import Mode
from db.models.forecast import HORIZON, Bound, Cause, Forecast, Outlook
from db.models.playing_parts import ALIKE, STRANGERS, Hours, Sender, Stretch, Whom

MOST_STEPS = 20_000
PARTS = 500  # a step sends at most this part of what is left, so that accounts take turns

Used: TypeAlias = Counter[tuple[Stretch, Whom]]  # how many messages went to whom on a day


def play(outlook: Outlook) -> Forecast:
    """Return the forecast of a campaign of any mode."""
    if outlook.campaign.mode is not Mode.LIVE:
        rests = [one.rests_until for one in outlook.accounts]
        until = min((end for end in rests if end), default=None) if all(rests) else None
        begin = max(outlook.begins_at, until or outlook.begins_at)
        done_at = begin + outlook.interval * max(0, outlook.messages - 1)
        return Forecast(done_at, outlook.messages)
    return _Play(outlook).forecast()


class _Play:
    def __init__(self, outlook: Outlook) -> None:
        campaign, crowd = outlook.campaign, outlook.crowd
        self._outlook = outlook
        self._hours = Hours(campaign.zone, campaign.quiet_hours)
        self._interval = outlook.interval.total_seconds()
        self._senders = [Sender(one) for one in outlook.accounts]
        self._by_id = {sender.id: sender for sender in self._senders}
        self._stretches = [Stretch(one) for one in crowd.stretches]
        waiters = crowd.waiters
        if campaign.frequency_skips:
            waiters = tuple(one for one in waiters if one.cause is not Cause.REACHED)
        self._waiters = sorted(waiters, key=lambda one: one.due_at, reverse=True)
        self._left = crowd.count - sum(one.people.count for one in crowd.waiters)
        self._left += sum(one.people.count for one in waiters)
        self._strangers = sum(one.strangers for one in crowd.everybody)
        self._waited: Counter[Bound] = Counter()
        self._waited_today: Counter[Bound] = Counter()
        self._begin = self._now = self._last = outlook.begins_at.timestamp()
        self._day_end = self._hours.day_end(outlook.now.timestamp())
        self._today: Used = Counter()
        self._yesterday: Used | None = None
        self._per_day = 0

    def forecast(self) -> Forecast:
        crowd, total = self._outlook.crowd, self._left
        done_at = self._play(total) if self._senders or not total else None
        self._waited += self._waited_today
        bound = max(self._waited, key=lambda one: self._waited[one], default=Bound.RATE)
        reached = crowd.of(Cause.REACHED)
        first_due_at = min((one.first_due_at or one.due_at for one in reached), default=None)
        if first_due_at is not None:
            open_at = self._hours.open_at(first_due_at.timestamp())
            first_due_at = datetime.fromtimestamp(open_at, UTC)
        reached_by = Counter[str]()
        for one in reached:
            reached_by[one.reached_by] += one.people.count
        firsts = [min(s.caps.first_per_day, s.caps.lookups_per_day) for s in self._senders]
        return Forecast(
            done_at=None if done_at is None else datetime.fromtimestamp(done_at, UTC),
            per_day=max(self._per_day, self._today.total()),
            bound=bound if self._senders else Bound.NO_ACCOUNT,
            accounts=len(self._senders),
            strangers=sum(one.strangers for one in crowd.everybody),
            first_per_day=sum(firsts),
            waiting=reached_by.total(),
            shared=sum(one.people.count for one in crowd.of(Cause.SHARED)),
            first_due_at=first_due_at,
            reached_by=tuple(name for name, _ in reached_by.most_common() if name),
        )

    def _play(self, total: int) -> float | None:
        """Return when the last message leaves; None when that is after the horizon."""
        end = self._begin + HORIZON.total_seconds()
        for _ in range(MOST_STEPS):
            if self._left <= 0:
                return self._last
            self._now = self._hours.open_at(self._now)
            if self._now >= self._day_end:
                self._begin_day()
            if self._now > end or self._is_hopeless():
                return None
            while self._waiters and self._waiters[-1].due_at.timestamp() <= self._now:
                self._stretches.insert(0, Stretch(self._waiters.pop().people))
            self._step()
        at = self._now + (self._now - self._begin) * self._left / max(1, total - self._left)
        return at if at <= end else None

    def _is_hopeless(self) -> bool:
        """Return whether a day was played and the strangers are too many for the horizon."""
        a_day = sum(min(s.caps.first_per_day, s.caps.per_day) for s in self._senders)
        return self._per_day > 0 and self._strangers > (a_day + 1) * (HORIZON.days + 1)

    def _step(self) -> None:
        """Send the next messages, or go on to the moment when there are some to be sent."""
        whom, stretch, sender, moment, first_at = self._choose()
        if sender is None or stretch is None:
            self._wait_for_more()
        elif moment > self._now + ALIKE:
            self._wait(moment, self._why(whom, sender, moment))
        else:
            self._send(whom, stretch, sender, first_at)

    def _choose(
        self,
    ) -> tuple[Whom, Stretch | None, Sender | None, float, float]:
        """Return whom to write to next, from which account, when; and the next first contact."""
        firsts = [sender for sender in self._senders if sender.firsts_left > 0]
        strangers_of = known_of = None
        best: tuple[float, int, Sender, frozenset[int]] | None = None
        for stretch in self._stretches:
            able = [
                (self._by_id[i].slot_at, -self._by_id[i].messages, self._by_id[i], group)
                for group, count in stretch.known.items()
                if count > 0
                for i in group
                if self._by_id[i].messages > 0
            ]
            if stretch.strangers > 0 and firsts and strangers_of is None and known_of is None:
                strangers_of = stretch
            if able:
                known_of, best = stretch, min(able, key=lambda one: one[:2])
                break
        first_at = math.inf
        if strangers_of is not None:
            stranger_from = min(firsts, key=lambda one: (one.first_at, -one.firsts_left))
            first_at = stranger_from.first_at
            if best is None or first_at <= max(self._now, best[0]) + ALIKE:
                return STRANGERS, strangers_of, stranger_from, first_at, first_at
        if best is None or known_of is None:
            return STRANGERS, None, None, math.inf, math.inf
        return best[3], known_of, best[2], best[0], first_at

    def _send(self, whom: Whom, stretch: Stretch, sender: Sender, first_at: float) -> None:
        now = self._now
        apart = sender.caps.first_apart_seconds if whom is STRANGERS else 0
        pace = max(self._interval, sender.interval(now))
        until = min(self._day_end, self._hours.close_at)
        most = [max(1, self._left // PARTS), sender.messages, math.ceil((until - now) / pace) or 1]
        if whom is not None:
            most += [stretch.known[whom], max(1, math.ceil(min(first_at - now, 1e9) / pace))]
        elif apart > pace:
            most.append(1)
        else:
            most += [stretch.strangers, sender.firsts_left]
        count = min(most)
        stretch.take(whom, count)
        sender.send(now, count)
        if whom is STRANGERS:
            sender.make_first_contacts(now, count, count * stretch.lookups_each)
            self._strangers -= count
        if stretch.strangers <= 0 and not any(stretch.known.values()):
            self._stretches.remove(stretch)
        self._left -= count
        self._today[stretch, whom] += count
        self._last = now + (count - 1) * pace
        self._wait(now + count * self._interval, Bound.RATE)

    def _wait(self, until: float, why: Bound) -> None:
        self._waited_today[why] += math.ceil(max(0.0, until - self._now) * 1000)
        self._now = max(self._now, until)

    def _wait_for_more(self) -> None:
        """Wait for the next day, or for people who are due later when no others are left."""
        if not self._stretches and self._waiters:
            self._wait(self._waiters[-1].due_at.timestamp(), Bound.FREQUENCY)
            return
        if not any(stretch.strangers for stretch in self._stretches) or not any(
            sender.messages for sender in self._senders
        ):
            why = Bound.PER_DAY
        elif any(sender.messages and sender.firsts for sender in self._senders):
            why = Bound.LOOKUPS_PER_DAY
        else:
            why = Bound.FIRST_PER_DAY
        self._wait(self._day_end, why)

    def _why(self, whom: Whom, sender: Sender, moment: float) -> Bound:
        if moment <= sender.blocked_until + ALIKE:
            return Bound.REST
        later = whom is STRANGERS and sender.first_at > sender.slot_at
        return Bound.FIRST_APART if later else Bound.PER_MINUTE

    def _begin_day(self) -> None:
        self._per_day = max(self._per_day, self._today.total())
        if self._today and self._today == self._yesterday and not self._waiters:
            self._skip_days()
        self._waited += self._waited_today
        self._waited_today = Counter()
        self._yesterday, self._today = self._today, Counter()
        for sender in self._senders:
            sender.renew()
        self._day_end = self._hours.day_end(self._now)

    def _skip_days(self) -> None:
        """Skip days like the last two, up to the one on which a stretch comes to its end."""
        left = (stretch.left(whom) // count for (stretch, whom), count in self._today.items())
        days = min(min(left) - 1, HORIZON.days + 1)
        if days <= 0:
            return
        for (stretch, whom), count in self._today.items():
            stretch.take(whom, count * days)
            self._left -= count * days
            self._strangers -= count * days if whom is STRANGERS else 0
        for why in [*self._waited_today]:
            self._waited_today[why] *= days + 1
        self._now = self._hours.open_at(self._hours.day_end(self._now, days))
