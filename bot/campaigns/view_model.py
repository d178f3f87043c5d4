"""What the card and the report of a campaign are drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.models import operation
from db.models.account import Account
from db.models.campaign import Campaign
from db.models.report import ReasonCount, Responses


@dataclass(frozen=True, slots=True)
class Progress:
    """One campaign at the moment `now`.

    `contact_lists` and `template` are names. `reasons` count what was not delivered, the most
    frequent first. `preparing` is how far the expansion is, in members of the lists; None when
    every delivery is written.
    """

    campaign: Campaign
    contact_lists: tuple[str, ...]
    template: str
    accounts: tuple[Account, ...]
    reasons: tuple[ReasonCount, ...]
    now: datetime
    responses: Responses = field(default_factory=Responses)
    preparing: operation.Progress | None = None

    @property
    def rests_until(self) -> datetime | None:
        """When the first account may send again; None when one may send now."""
        rests = [account.until for account in self.accounts]
        return min((until for until in rests if until), default=None) if all(rests) else None

    @property
    def done_at(self) -> datetime:
        """When the last message leaves if the rate and the accounts stay as they are."""
        begin = max(self.now, self.rests_until or self.now)
        return begin + self.campaign.rate.duration(self.campaign.counts.pending)

    @property
    def took(self) -> timedelta | None:
        """From start to end; None before the end."""
        campaign = self.campaign
        if campaign.started_at is None or campaign.finished_at is None:
            return None
        return campaign.finished_at - campaign.started_at
