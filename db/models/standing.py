"""What decides whether a campaign may send at a moment, and from which accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.models.account import Account, AccountMedia
from db.models.caps import Budget


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of a campaign at `now`, by the database's clock.

    `recent` is the window of its breakers: a letter (db.models.breaker.Mark) for each of the latest
    ends, newest last. `quiet_end` is the end of the present quiet hours; None outside of them, and
    in a campaign that is not live. `accounts` are those that it may send from, oldest first.
    `budgets` has the budget of each, by account id, on the present day in the campaign's zone.
    `files` has the template's file as accounts have uploaded it, by account id.
    """

    now: datetime
    recent: str
    quiet_end: datetime | None
    accounts: tuple[Account, ...]
    budgets: Mapping[int, Budget]
    files: Mapping[int, AccountMedia]
