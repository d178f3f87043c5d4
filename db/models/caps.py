"""Caps of an account, and the budget that they leave at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from db.models.reason import Reason

AHEAD = timedelta(seconds=0.5)  # how long before they come slots are given out
MOST_LATE = timedelta(seconds=5)  # between a message's slot in its campaign and its departure
MOST_FLOODS = 3  # FLOOD_WAITs within an hour, at which the account is held


@dataclass(frozen=True, slots=True)
class Caps:
    """The caps of an account, which an admin may change.

    A first contact is a message to a person to whom the account has sent none before. A look-up
    resolves a username or a phone. Days are those of the campaign's zone.
    """

    per_minute: int = 20
    per_day: int = 150
    first_per_day: int = 10
    first_apart_seconds: int = 120
    lookups_per_day: int = 40
    lookup_apart_seconds: int = 3  # Telegram takes one call of contacts.resolvePhone in 3 seconds

    @classmethod
    def parse(cls, text: str) -> Caps | None:
        """Return the caps of numbers in the order of the fields; None when `text` is not that.

        The last one may be left out. `per_minute` and `per_day` must be at least 1.
        """
        words = text.replace(",", " ").split()
        if len(words) not in (len(cls.__slots__) - 1, len(cls.__slots__)):
            return None
        if not all(word.isascii() and word.isdigit() and len(word) < 7 for word in words):
            return None
        caps = cls(*map(int, words))
        return caps if caps.per_minute and caps.per_day else None


@dataclass(frozen=True, slots=True)
class Budget:
    """What the caps leave for an account at `now`, by the database's clock.

    `next_slot_at`, `next_first_at` and `next_lookup_at` are the moments of the next message, first
    contact and look-up; none is before `now`. `floods` counts the FLOOD_WAITs of the last hour,
    each of which halves the rate. `limited`: Telegram forbids first contacts until `next_first_at`
    at least. `version` changes with every change of the account's row.
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
    next_lookup_at: datetime | None = None
    version: int = 0

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> Self:
        """Return the budget that the columns of a row are, those of the caps among them."""
        caps = Caps(**{name: columns[name] for name in Caps.__slots__})
        names = [name for name in cls.__slots__ if name not in ("caps", "limited")]
        rest = {name: columns[name] for name in names}
        return cls(caps=caps, limited=bool(columns["limited"]), **rest)

    @property
    def interval(self) -> timedelta:
        """The time between two messages of the account.

        Intervals shorter than AHEAD are extended by 1/120: their slots are given out for AHEAD at
        once, and no minute may have more messages than its cap.
        """
        exact = timedelta(minutes=1) / self.caps.per_minute * (1 << self.floods)
        return exact if exact >= AHEAD else exact * 121 / 120

    @property
    def messages_left(self) -> int:
        """Messages that may still be sent today."""
        return max(0, self.caps.per_day - self.messages_today)

    @property
    def first_contacts_left(self) -> int:
        """First contacts that may still be made today; each is a message, too."""
        return max(0, min(self.messages_left, self.caps.first_per_day - self.first_today))

    @property
    def lookups_left(self) -> int:
        """Look-ups that may still be made today."""
        return max(0, self.caps.lookups_per_day - self.lookups_today)

    def messages_within(self, horizon: timedelta) -> int:
        """Return how many messages may be sent until `horizon` from now."""
        free = self.now + horizon - self.next_slot_at
        if free < timedelta():
            return 0
        return min(self.messages_left, int(free / self.interval) + 1)

    def first_contacts_within(self, horizon: timedelta) -> int:
        """Return how many first contacts may be made until `horizon` from now."""
        free = self.now + horizon - self.next_first_at
        if free < timedelta():
            return 0
        most = min(
            self.messages_within(horizon), self.first_contacts_left, self.lookups_within(horizon)
        )
        if self.caps.first_apart_seconds == 0:
            return most
        apart = timedelta(seconds=self.caps.first_apart_seconds)
        return min(most, int(free / apart) + 1)

    def lookups_within(self, horizon: timedelta) -> int:
        """Return how many look-ups may be made until `horizon` from now."""
        free = self.now + horizon - (self.next_lookup_at or self.now)
        if free < timedelta():
            return 0
        if self.caps.lookup_apart_seconds == 0:
            return self.lookups_left
        apart = timedelta(seconds=self.caps.lookup_apart_seconds)
        return min(self.lookups_left, int(free / apart) + 1)

    def wait(self, zone: str) -> timedelta:
        """Return the time until the account may send again; its counts begin again in `zone`."""
        if self.messages_left:
            return max(timedelta(), self.next_slot_at - self.now)
        tomorrow = self.now.astimezone(ZoneInfo(zone)).date() + timedelta(1)
        return datetime.combine(tomorrow, time(), ZoneInfo(zone)).astimezone(UTC) - self.now

    def reopens(self, next_day: datetime) -> tuple[datetime, str | None]:
        """Return when the account may make first contacts again, and why not before.

        `next_day` is when the counts begin again. The reason is None for the time between two
        messages or look-ups.
        """
        if not self.messages_left:
            return next_day, Reason.CAP_PER_DAY
        if not self.first_contacts_left:
            return next_day, Reason.CAP_FIRST_PER_DAY
        if not self.lookups_left:
            return next_day, Reason.CAP_LOOKUPS_PER_DAY
        reopens = max(self.next_first_at, self.next_slot_at)
        if self.next_lookup_at is not None and self.next_lookup_at > reopens:
            return self.next_lookup_at, Reason.LOOKUPS_WAIT
        return reopens, "PEER_FLOOD" if self.limited else None

    def reopens_for_repeats(self, next_day: datetime) -> tuple[datetime, str | None]:
        """Return when the account may repeat a message that it was granted before, and why.

        It is no first contact. The reason is None for the time between two messages.
        """
        return (self.next_slot_at, None) if self.messages_left else (next_day, Reason.CAP_PER_DAY)

    def grant(self, requests: Sequence[SlotRequest]) -> Grant:
        """Return a moment for each request, in this order, as far as the caps allow."""
        left, moments = self, list[datetime | None]()
        for request in requests:
            moment = max(request.slot_at, left.next_slot_at)
            if request.first:
                moment = max(moment, left.next_first_at)
            spent = not request.counted and (
                not left.messages_left or (request.first and not left.first_contacts_left)
            )
            if spent or moment - request.slot_at > MOST_LATE:
                moments.append(None)
                continue
            moments.append(moment)
            left = left._after(request, moment)
        return Grant(tuple(moments), left)

    def _after(self, request: SlotRequest, moment: datetime) -> Budget:
        """Return the budget once `request` is to be sent at `moment`."""
        apart = timedelta(seconds=self.caps.first_apart_seconds)
        begin = moment if self.interval >= AHEAD else max(self.next_slot_at, moment - AHEAD)
        return replace(
            self,
            next_slot_at=begin + self.interval,
            next_first_at=moment + apart if request.first else self.next_first_at,
            messages_today=self.messages_today + (not request.counted),
            first_today=self.first_today + (request.first and not request.counted),
        )


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """A message that an account shall send at `slot_at`, its slot in the campaign.

    `first`: it is a first contact. `counted`: an earlier attempt of it was counted.
    """

    slot_at: datetime
    first: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """When each requested message may be sent (None: not now), and the budget after that."""

    moments: tuple[datetime | None, ...]
    left: Budget
