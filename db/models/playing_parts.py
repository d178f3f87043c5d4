"""What a campaign is played with: the hours of a zone, accounts, and people in their order."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from db.models.campaign import QuietHours
from db.models.forecast import Account, People

ALIKE = 1e-6  # seconds
FLOOD_HOUR = 3600.0  # how long a flood wait slows an account

Whom: TypeAlias = frozenset[int] | None  # the accounts that know a person; None: strangers
STRANGERS: None = None


class Hours:
    """The days and the quiet hours of a zone."""

    def __init__(self, zone: str, quiet: QuietHours | None) -> None:
        self._zone, self._name, self._quiet = ZoneInfo(zone), zone, quiet
        self._open = (math.inf, -math.inf)  # the latest hours found in which messages may leave

    def open_at(self, moment: float) -> float:
        """Return `moment`, or the end of the quiet hours that hold then."""
        if self._quiet is None or self._open[0] <= moment < self._open[1]:
            return moment
        at = datetime.fromtimestamp(moment, self._zone)
        at = self._quiet.end(at, self._name) or at
        closes = self._quiet.begin_after(at.astimezone(UTC), self._name)
        self._open = (at.timestamp(), closes.timestamp())
        return at.timestamp()

    @property
    def close_at(self) -> float:
        """When the open hours that `open_at` found last end; infinity without quiet hours."""
        return math.inf if self._quiet is None else self._open[1]

    def day_end(self, moment: float, days: int = 1) -> float:
        """Return the midnight that is `days` after the begin of the day of `moment`."""
        day = datetime.fromtimestamp(moment, self._zone).date() + timedelta(days)
        return datetime.combine(day, time(), self._zone).timestamp()


class Sender:
    """An account as its day goes on."""

    def __init__(self, account: Account) -> None:
        budget, rest = account.budget, account.rests_until
        self.id, self.caps = budget.account_id, budget.caps
        rests = rest.timestamp() if rest else -math.inf
        self.begins = max(budget.now.timestamp(), rests)
        self.slot_at = max(budget.next_slot_at.timestamp(), rests)
        self._first_at = max(budget.next_first_at.timestamp(), rests)
        self._lookup_at = (budget.next_lookup_at or budget.now).timestamp()
        self.blocked_until = max(rests, self._first_at if budget.limited else -math.inf)
        self.messages, self.firsts = budget.messages_left, budget.first_contacts_left
        self.lookups = float(budget.lookups_left)
        self._interval = budget.interval.total_seconds()
        self._usual = self._interval / (1 << budget.floods)
        self._slow_until = budget.now.timestamp() + FLOOD_HOUR

    def renew(self) -> None:
        """Begin a new day."""
        self.messages, self.firsts = self.caps.per_day, self.caps.first_per_day
        self.lookups = float(self.caps.lookups_per_day)

    def interval(self, moment: float) -> float:
        return self._interval if moment < self._slow_until else self._usual

    @property
    def firsts_left(self) -> int:
        return min(self.messages, self.firsts) if self.lookups >= 1 - ALIKE else 0

    @property
    def first_at(self) -> float:
        return max(self.slot_at, self._first_at, self._lookup_at)

    def send(self, moment: float, count: int) -> None:
        self.messages -= count
        self.slot_at = moment + count * self.interval(moment)

    def make_first_contacts(self, moment: float, count: int, lookups: float) -> None:
        self.firsts -= count
        self.lookups -= lookups
        self._first_at = moment + count * self.caps.first_apart_seconds
        self._lookup_at = moment + lookups * self.caps.lookup_apart_seconds


class Stretch:
    """People next to each other, as they become fewer."""

    def __init__(self, people: People) -> None:
        self.strangers, self.known = people.strangers, dict(people.known)
        self.lookups_each = people.lookups / people.strangers if people.strangers else 0.0

    def take(self, whom: Whom, count: int) -> None:
        if whom is None:
            self.strangers -= count
        else:
            self.known[whom] -= count

    def left(self, whom: Whom) -> int:
        """Return how many of this kind are left."""
        return self.strangers if whom is None else self.known[whom]
