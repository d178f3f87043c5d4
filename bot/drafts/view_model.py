"""What the screens of a draft are drawn from, and what keeps a draft from starting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from db.models.account import Account, AccountStatus
from db.models.campaign import Campaign, Mode
from db.models.contact_list import ContactList
from db.models.draft import TEST_MESSAGES, Audience, Gap, Unusable
from db.models.forecast import Forecast
from db.models.template import Template


class Problem(StrEnum):
    """Why a draft cannot start."""

    NO_LISTS = "no_lists"
    LISTS_DELETED = "lists_deleted"
    LISTS_UNSAVED = "lists_unsaved"  # their import has not ended
    TEMPLATE_DELETED = "template_deleted"
    NO_TEMPLATE = "no_template"
    NO_ACCOUNT = "no_account"
    ACCOUNT_GONE = "account_gone"  # every account is signed out or switched off
    NOBODY_LEFT = "nobody_left"  # the lists are empty, or everybody in them is barred


class CannotStart(Exception):
    """The draft has problems (`Review.problems`), or no recipient is left; nothing was changed.

    `unusable` names what is deleted or not saved yet; it may be empty.
    """

    def __init__(self, unusable: Unusable | None = None) -> None:
        super().__init__("The draft cannot start")
        self.unusable = unusable or Unusable()


class Deleted(Exception):
    """The list or the message `name` was deleted, so it cannot be chosen; nothing was changed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was deleted")
        self.name = name


@dataclass(frozen=True, slots=True)
class Choices:
    """What a draft may be built of, the newest first, and what was chosen.

    Lists and templates begin at `offset`; there may be one more than a page shows. The accounts
    are all there are.
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
    """A draft as it would start at the moment `now`. `forecast` None: nothing can be said.

    `unusable` names what was chosen and is deleted by now, or not saved yet.
    """

    campaign: Campaign
    contact_lists: tuple[ContactList, ...]
    template: Template | None
    accounts: tuple[Account, ...]
    audience: Audience
    gaps: tuple[Gap, ...]
    now: datetime
    forecast: Forecast | None = None
    unusable: Unusable = field(default_factory=Unusable)

    @property
    def messages(self) -> int:
        """How many messages the campaign would send; who is left out gets none."""
        left = self.audience.left
        if self.forecast is not None and self.campaign.frequency_skips:
            left = max(0, left - self.forecast.waiting)
        return min(left, TEST_MESSAGES) if self.campaign.mode is Mode.TEST else left

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What must be put right before Start; empty when the draft can start."""
        found = []
        if not self.contact_lists:
            found.append(Problem.NO_LISTS)
        elif not self.audience.left:
            found.append(Problem.NOBODY_LEFT)
        if self.unusable.deleted_lists:
            found.append(Problem.LISTS_DELETED)
        if self.unusable.unsaved_lists:
            found.append(Problem.LISTS_UNSAVED)
        if self.template is None:
            found.append(Problem.NO_TEMPLATE)
        elif self.unusable.deleted_template is not None:
            found.append(Problem.TEMPLATE_DELETED)
        if not self.accounts:
            found.append(Problem.NO_ACCOUNT)
        elif not can_send(self.accounts):
            found.append(Problem.ACCOUNT_GONE)
        return tuple(found)


def can_send(accounts: Sequence[Account]) -> bool:
    """Return whether there is an account that is neither signed out nor switched off."""
    return not all(account.status in _GONE for account in accounts)


_GONE = frozenset({AccountStatus.LOST, AccountStatus.DISABLED})
