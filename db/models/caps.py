"""What one account may do at most, and what is left of it today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

AHEAD = timedelta(seconds=0.5)  # moments are given out so long before they come
MOST_LATE = timedelta(seconds=5)  # behind its slot in the campaign; else it waits for another
MOST_FLOODS = 3  # FLOOD_WAITs within an hour: then the account is held for a person


@dataclass(frozen=True, slots=True)
class Caps:
    """The limits of an account, as its owner may change them. A day turns in a campaign's zone."""

    per_minute: int = 20
    per_day: int = 150
    first_per_day: int = 10
    first_apart_seconds: int = 120
    lookups_per_day: int = 40

    @classmethod
    def parse(cls, text: str) -> Caps | None:
        """Read the five numbers, in their order; None when they are not that."""
        words = text.replace(",", " ").split()
        if len(words) != len(cls.__slots__):
            return None
        if not all(word.isascii() and word.isdigit() and len(word) < 7 for word in words):
            return None
        caps = cls(*map(int, words))
        return caps if caps.per_minute and caps.per_day else None


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left for an account at the moment `now`, by the database's clock.

    `next_slot_at` and `next_first_at` lie in the future or are now. `floods` is how many
    FLOOD_WAITs it met in the last hour: each halves its rate until the hour is over. `limited`:
    Telegram forbids first contacts, at least until `next_first_at`.
    """

    account_id: int
    caps: Caps
    now: datetime
    next_slot_at: datetime
    next_first_at: datetime
    messages_today: int
    first_today: int
    lookups_today: int
    floods: int = 0
    limited: bool = False

    @property
    def interval(self) -> timedelta:
        """The time from one message of this account to its next.

        Short ones are given out for half a second at once and a little longer for it, so that no
        minute has more messages than its cap.
        """
        exact = timedelta(minutes=1) / self.caps.per_minute * (1 << self.floods)
        return exact if exact >= AHEAD else exact * 121 / 120

    @property
    def messages_left(self) -> int:
        return max(0, self.caps.per_day - self.messages_today)

    @property
    def firsts_left(self) -> int:
        """First contacts that may still be made today."""
        return max(0, min(self.messages_left, self.caps.first_per_day - self.first_today))

    @property
    def lookups_left(self) -> int:
        return max(0, self.caps.lookups_per_day - self.lookups_today)

    def soon(self, horizon: timedelta) -> int:
        """How many messages may leave until `horizon` from now."""
        free = self.now + horizon - self.next_slot_at
        if free < timedelta():
            return 0
        return min(self.messages_left, int(free / self.interval) + 1)

    def firsts_soon(self, horizon: timedelta) -> int:
        """How many first contacts may be made until `horizon` from now."""
        free = self.now + horizon - self.next_first_at
        if free < timedelta():
            return 0
        most = min(self.soon(horizon), self.firsts_left, self.lookups_left)
        if self.caps.first_apart_seconds == 0:
            return most
        apart = timedelta(seconds=self.caps.first_apart_seconds)
        return min(most, int(free / apart) + 1)

    def grant(self, wishes: Sequence[Wish]) -> Grant:
        """Give each wish its moment, in this order, as far as the caps allow."""
        left, moments = self, list[datetime | None]()
        for wish in wishes:
            moment = max(wish.slot_at, left.next_slot_at)
            if wish.first:
                moment = max(moment, left.next_first_at)
            spent = not wish.counted and (
                not left.messages_left or (wish.first and not left.firsts_left)
            )
            if spent or moment - wish.slot_at > MOST_LATE:
                moments.append(None)
                continue
            moments.append(moment)
            left = left._after(wish, moment)
        return Grant(tuple(moments), left)

    def _after(self, wish: Wish, moment: datetime) -> Budget:
        apart = timedelta(seconds=self.caps.first_apart_seconds)
        begin = moment if self.interval >= AHEAD else max(self.now, self.next_slot_at)
        return replace(
            self,
            next_slot_at=begin + self.interval,
            next_first_at=moment + apart if wish.first else self.next_first_at,
            messages_today=self.messages_today + (not wish.counted),
            first_today=self.first_today + (wish.first and not wish.counted),
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that an account is asked to send at `slot_at`.

    `first`: to somebody it never talked with. `counted`: an attempt of it was counted before.
    """

    slot_at: datetime
    first: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """When each wish may leave (None: not now), and what is left afterwards."""

    moments: tuple[datetime | None, ...]
    left: Budget
