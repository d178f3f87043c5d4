"""What a forecast is made of, and what it says: when a campaign is done, and what holds it up.

Here are the values; db.models.playing plays the campaign by the rules of the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from db.models.campaign import Campaign, Mode
from db.models.caps import Budget

HORIZON = timedelta(days=3653)  # ten years: no forecast goes further
DRY_RUN_INTERVAL = timedelta(seconds=0.01)  # as sender.engine.slices has it


class Bound(StrEnum):
    """What a campaign waits for most of its time."""

    RATE = "rate"  # its own rate
    PER_MINUTE = "per_minute"
    PER_DAY = "per_day"
    FIRST_PER_DAY = "first_per_day"
    FIRST_APART = "first_apart"
    LOOKUPS_PER_DAY = "lookups_per_day"
    FREQUENCY = "frequency"  # people who got another campaign's message
    REST = "rest"  # rests and limits of accounts
    NO_ACCOUNT = "no_account"  # no account may send until an admin acts


# More accounts would make these waits shorter.
OF_FIRST_CONTACTS = frozenset({Bound.FIRST_PER_DAY, Bound.FIRST_APART, Bound.LOOKUPS_PER_DAY})


@dataclass(frozen=True, slots=True)
class People:
    """Pending people who stand next to each other in the campaign's order, by kind.

    `strangers` have a conversation with none of the campaign's accounts: a message to them is a
    first contact; `lookups` of them must be looked up. `known` counts the others by the accounts
    that have a conversation with them.
    """

    strangers: int = 0
    lookups: int = 0
    known: Mapping[frozenset[int], int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return self.strangers + sum(self.known.values())


class Cause(StrEnum):
    """Why people wait for a later moment."""

    REACHED = "reached"  # another campaign has written to them within the frequency cap
    SHARED = "shared"  # another running campaign has yet to: one of the two waits for the other
    DEFERRED = "deferred"  # a delivery is tried again later


@dataclass(frozen=True, slots=True)
class Waiters:
    """People who wait until `due_at`, the first of them until `first_due_at` (None: the same).

    `reached_by` names the other campaign; "" when there is none, or it is not known.
    """

    due_at: datetime
    people: People
    cause: Cause = Cause.REACHED
    reached_by: str = ""
    first_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody a campaign has yet to write to: in its order, and those who wait."""

    stretches: tuple[People, ...] = ()
    waiters: tuple[Waiters, ...] = ()

    @property
    def count(self) -> int:
        return sum(one.count for one in self.everybody)

    @property
    def everybody(self) -> tuple[People, ...]:
        """All people, without their order."""
        return *self.stretches, *(one.people for one in self.waiters)

    def of(self, cause: Cause) -> tuple[Waiters, ...]:
        """Return those who wait for this cause."""
        return tuple(one for one in self.waiters if one.cause is cause)


@dataclass(frozen=True, slots=True)
class Account:
    """An account that may send: its budget, and the end of its rest (None: it does not rest)."""

    budget: Budget
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a forecast is made from, at the moment `now`.

    `begins_at` is when the campaign starts or goes on. `messages` are those that are left.
    `crowd` and `accounts` matter to a live campaign only.
    """

    campaign: Campaign
    messages: int
    now: datetime
    begins_at: datetime
    crowd: Crowd = field(default_factory=Crowd)
    accounts: tuple[Account, ...] = ()

    @property
    def interval(self) -> timedelta:
        """The time between two slots."""
        dry = self.campaign.mode is Mode.DRY_RUN
        return DRY_RUN_INTERVAL if dry else self.campaign.rate.interval


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the last message leaves, if everything stays as it is.

    `done_at` None: not within HORIZON, or never without an admin. `per_day` is the most messages
    of one day. `bound` is what the campaign waits for most of its time. `accounts` counts those
    that may send, `first_per_day` how many first contacts all of them make a day, `strangers` how
    many are left to make. `waiting` people wait for the frequency cap, the first of them until
    `first_due_at`, because of the campaigns `reached_by`, the one of most people first. `shared`
    others are in another running campaign, too.
    """

    done_at: datetime | None
    per_day: int = 0
    bound: Bound = Bound.RATE
    accounts: int = 0
    strangers: int = 0
    first_per_day: int = 0
    waiting: int = 0
    shared: int = 0
    first_due_at: datetime | None = None
    reached_by: tuple[str, ...] = ()
