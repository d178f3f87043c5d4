"""The buttons of a draft.

`way` says where a choice leads: to the next step, or back to the review.
"""

from __future__ import annotations

from enum import StrEnum

from bot.ui.buttons import Press
from db.models.campaign import Mode
from db.models.rate import Rate

LARGEST_COUNT = 999_999
PERIODS = (1, 60, 3600)  # seconds


class Way(StrEnum):
    ONWARD = "b"  # the first time through the steps
    REVIEW = "e"  # one step is changed


class Step(StrEnum):
    """The screens of a draft before its review."""

    LISTS = "lists"
    TEMPLATE = "template"
    ACCOUNT = "account"
    RATE = "rate"
    MODE = "mode"
    HOURS = "hours"


class OpenStep(Press, data="{way}:{campaign_id}:step:{step}.{offset}"):
    """`offset` is where the page of a list begins."""

    way: Way
    campaign_id: int
    step: Step
    offset: int = 0


class PutList(Press, data="{way}:{campaign_id}:put:{contact_list_id}.{offset}"):
    way: Way
    campaign_id: int
    contact_list_id: int
    offset: int = 0


class DropList(Press, data="{way}:{campaign_id}:drop:{contact_list_id}.{offset}"):
    way: Way
    campaign_id: int
    contact_list_id: int
    offset: int = 0


class ChooseTemplate(Press, data="{way}:{campaign_id}:template:{template_id}"):
    way: Way
    campaign_id: int
    template_id: int


class ChooseAccount(Press, data="{way}:{campaign_id}:account:{account_id}"):
    """The only account there is."""

    way: Way
    campaign_id: int
    account_id: int


class PutAccount(Press, data="{way}:{campaign_id}:with:{account_id}.{offset}"):
    """One of several accounts."""

    way: Way
    campaign_id: int
    account_id: int
    offset: int = 0


class DropAccount(Press, data="{way}:{campaign_id}:without:{account_id}.{offset}"):
    way: Way
    campaign_id: int
    account_id: int
    offset: int = 0


class ChooseRate(Press, data="{way}:{campaign_id}:rate:{count}/{seconds}"):
    way: Way
    campaign_id: int
    count: int
    seconds: int

    def __post_init__(self) -> None:
        if not 1 <= self.count <= LARGEST_COUNT or self.seconds not in PERIODS:
            raise ValueError(self)

    @property
    def rate(self) -> Rate:
        return Rate(self.count, self.seconds)


class AskRate(Press, data="{way}:{campaign_id}:other_rate"):
    """The question about a rate that is typed."""

    way: Way
    campaign_id: int


class ChooseMode(Press, data="{way}:{campaign_id}:mode:{mode}"):
    way: Way
    campaign_id: int
    mode: Mode


class SetQuietHours(Press, data="e:{campaign_id}:quiet:{on}"):
    campaign_id: int
    on: bool


class SetFrequency(Press, data="e:{campaign_id}:often:{on}"):
    """Whether people of other campaigns get this one only after a while."""

    campaign_id: int
    on: bool


class SetFrequencySkips(Press, data="e:{campaign_id}:reached:{on}"):
    """Whether the people of other campaigns are left out, or wait."""

    campaign_id: int
    on: bool


class AskDiscard(Press, data="e:{campaign_id}:discard"):
    """The question before a draft is discarded."""

    campaign_id: int


class DiscardDraft(Press, data="e:{campaign_id}:discarded"):
    campaign_id: int


class StartDraft(Press, data="e:{campaign_id}:start"):
    campaign_id: int
