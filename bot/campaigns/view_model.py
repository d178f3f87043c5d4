"""What the card and the report of a campaign are drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.models import operation
from db.models.account import Account
from db.models.campaign import Campaign
from db.models.forecast import Forecast
from db.models.report import ReasonCount, Responses


@dataclass(frozen=True, slots=True)
class Progress:
    """One campaign at the moment `now`.

    `contact_lists` and `template` are names. `reasons` count what was not delivered, the most
    frequent first. `preparing` is how far the expansion is, in members of the lists; None when
    every delivery is written. `forecast` None: nothing can be said. `pace` is how many messages a
    second have left over the last minutes; None while too few have.
    """

    campaign: Campaign
    contact_lists: tuple[str, ...]
    template: str
    accounts: tuple[Account, ...]
    reasons: tuple[ReasonCount, ...]
    now: datetime
    responses: Responses = field(default_factory=Responses)
    preparing: operation.Progress | None = None
    forecast: Forecast | None = None
    pace: float | None = None

    @property
    def took(self) -> timedelta | None:
        """From start to end; None before the end."""
        campaign = self.campaign
        if campaign.started_at is None or campaign.finished_at is None:
            return None
        return campaign.finished_at - campaign.started_at
