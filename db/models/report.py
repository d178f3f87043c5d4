"""How things stand: one campaign while it runs and when it is done, and everything at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.models.account import Account
from db.models.campaign import Campaign
from db.models.delivery import DeliveryStatus
from db.models.operation import Progress


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many deliveries came to `status` for `reason` (Telegram's error name, or ours)."""

    status: DeliveryStatus
    reason: str
    people: int


@dataclass(frozen=True, slots=True)
class Responses:
    """How many people have answered, read it at least (not everybody tells), asked to stop."""

    answered: int = 0
    seen: int = 0
    opted_out: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """One campaign at the moment `now`; `reasons` of what was not sent, the most frequent first.

    `preparing`: how far its expansion is, in members of its lists; None when it is expanded.
    """

    campaign: Campaign
    contact_lists: tuple[str, ...]
    template: str
    accounts: tuple[Account, ...]
    reasons: tuple[ReasonCount, ...]
    now: datetime
    responses: Responses = Responses()
    preparing: Progress | None = None

    @property
    def rests_until(self) -> datetime | None:
        """When the first account may send again; None when one may send now."""
        rests = [account.until for account in self.accounts]
        return min((until for until in rests if until), default=None) if all(rests) else None

    @property
    def done_at(self) -> datetime:
        """When the last message leaves if nothing more happens."""
        begin = max(self.now, self.rests_until or self.now)
        return begin + self.campaign.rate.duration(self.campaign.counts.pending)

    @property
    def took(self) -> timedelta | None:
        campaign = self.campaign
        if campaign.started_at is None or campaign.finished_at is None:
            return None
        return campaign.finished_at - campaign.started_at


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One delivery of the report; `pos` counts from 1. Phones are full here."""

    pos: int
    user_id: int | None
    phone: str | None
    username: str | None
    status: DeliveryStatus
    reason: str | None
    settled_at: datetime | None
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What the dashboard shows: campaigns under way, drafts, accounts, what there is to use."""

    alive: tuple[Campaign, ...]
    drafts: tuple[Campaign, ...]
    accounts: tuple[Account, ...]
    has_lists: bool
    has_templates: bool
    now: datetime

    @property
    def is_ready(self) -> bool:
        """Whether the three things that a first campaign needs are there."""
        return bool(self.accounts) and self.has_lists and self.has_templates


@dataclass(frozen=True, slots=True)
class Card:
    """One row of campaign_cards: the message that shows a campaign's progress in a chat."""

    campaign_id: int
    chat_id: int
    message_id: int
