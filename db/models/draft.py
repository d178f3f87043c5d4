"""A campaign being built: what was chosen so far, and what still keeps it from starting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.models.account import Account, AccountStatus
from db.models.campaign import Campaign, Mode
from db.models.caps import Caps
from db.models.contact_list import ContactList
from db.models.template import Template

SHOWN = 4  # lists or templates to choose from at once
TEST_MESSAGES = 10  # a test sends the first few only, to the account's own Saved Messages


class Problem(StrEnum):
    """Why a draft cannot start."""

    NO_LISTS = "no_lists"
    NO_TEMPLATE = "no_template"
    NO_ACCOUNT = "no_account"
    ACCOUNT_GONE = "account_gone"  # signed out, or switched off
    NOBODY_LEFT = "nobody_left"  # the lists are empty, or everybody in them is barred


@dataclass(frozen=True, slots=True)
class Gap:
    """A placeholder that some people have nothing for; they get `fallback`, maybe ""."""

    field: str
    fallback: str
    people: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is in a draft's lists, each once. Of these people some are barred: `suppressed` are on
    the stop list, `unreachable` (and not suppressed) could not be reached before."""

    people: int
    suppressed: int
    unreachable: int

    @property
    def left(self) -> int:
        return self.people - self.suppressed - self.unreachable


@dataclass(frozen=True, slots=True)
class Choices:
    """What a draft may be built of, and what was chosen.

    Lists and templates are the newest from `offset` on; one more than SHOWN when there are older.
    """

    campaign: Campaign
    contact_lists: tuple[ContactList, ...]
    templates: tuple[Template, ...]
    accounts: tuple[Account, ...]
    chosen_lists: frozenset[int]
    chosen_accounts: frozenset[int]
    offset: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """A draft as it would start now; `now` is when this was counted."""

    campaign: Campaign
    contact_lists: tuple[ContactList, ...]
    template: Template | None
    accounts: tuple[Account, ...]
    audience: Audience
    gaps: tuple[Gap, ...]
    now: datetime
    caps: tuple[Caps, ...] = ()  # of the accounts, in their order

    @property
    def messages(self) -> int:
        """How many messages the campaign would make."""
        left = self.audience.left
        return min(left, TEST_MESSAGES) if self.campaign.mode is Mode.TEST else left

    @property
    def done_at(self) -> datetime:
        return self.now + self.campaign.rate.duration(self.messages)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What must be mended before Start; empty when nothing."""
        found = []
        if not self.contact_lists:
            found.append(Problem.NO_LISTS)
        elif not self.audience.left:
            found.append(Problem.NOBODY_LEFT)
        if self.template is None:
            found.append(Problem.NO_TEMPLATE)
        if not self.accounts:
            found.append(Problem.NO_ACCOUNT)
        elif not can_send(self.accounts):
            found.append(Problem.ACCOUNT_GONE)
        return tuple(found)


def can_send(accounts: Sequence[Account]) -> bool:
    """Whether there is an account that is neither signed out nor switched off."""
    return not all(account.status in _GONE for account in accounts)


_GONE = frozenset({AccountStatus.LOST, AccountStatus.DISABLED})
