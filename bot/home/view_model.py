"""What the dashboard is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from db.models.account import Account
from db.models.campaign import Campaign
from db.models.forecast import Forecast


@dataclass(frozen=True, slots=True)
class Overview:
    """Campaigns under way, drafts, accounts, and what there is to build a campaign of.

    `forecasts` are those of the campaigns that run, by campaign id.
    """

    under_way: tuple[Campaign, ...]
    drafts: tuple[Campaign, ...]
    accounts: tuple[Account, ...]
    has_lists: bool
    has_templates: bool
    now: datetime
    forecasts: Mapping[int, Forecast] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """Whether the three things that a first campaign needs are there."""
        return bool(self.accounts) and self.has_lists and self.has_templates
