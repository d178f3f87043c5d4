"""The one forecast of a campaign, which the review, the card, the dashboard and the report show."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from db.models.account import Account as AccountRow
from db.models.account import AccountStatus
from db.models.campaign import Campaign, CampaignStatus, Mode
from db.models.draft import TEST_MESSAGES
from db.models.forecast import Account, Bound, Crowd, Forecast, Outlook
from db.models.playing import play
from db.models.rate import Rate
from db.queries import accounts, caps, forecasts

if TYPE_CHECKING:
    from db.pool import Connection

UNDER_WAY = frozenset({CampaignStatus.RUNNING, CampaignStatus.PAUSED})
USABLE = frozenset({AccountStatus.ACTIVE, AccountStatus.LIMITED, AccountStatus.RESTING})


async def find_each(connection: Connection, found: Iterable[Campaign]) -> dict[int, Forecast]:
    """Return the forecasts of those of the campaigns that have one, by campaign id."""
    forecast = {}
    for campaign in found:
        if campaign.status in UNDER_WAY:
            of_campaign = await accounts.page_of_campaign(connection, campaign.id)
            if (one := await find(connection, campaign, of_campaign)) is not None:
                forecast[campaign.id] = one
    return forecast


async def find(
    connection: Connection,
    campaign: Campaign,
    of_campaign: Sequence[AccountRow],
    people: int | None = None,
    pace: float | None = None,
) -> Forecast | None:
    """Return the forecast of a campaign from these accounts, all of its own.

    A draft would start now; its lists have about `people` contacts that may be written to (None:
    they are not counted). `pace` is what really leaves a second, where that is below the rate: it
    counts when the rate is what binds. None for a campaign that has ended, waits for an admin, or
    has not written all its deliveries.
    """
    usable = [one for one in of_campaign if one.status in USABLE]
    ids = [one.id for one in usable]
    found = await caps.find_budgets(connection, ids, campaign.zone)
    now = max((one.now for one in found.values()), default=datetime.now(UTC))
    begins_at = _begins_at(campaign, now)
    if begins_at is None or (campaign.status is CampaignStatus.DRAFT and people is None):
        return None
    left = campaign.counts.pending if people is None else people
    crowd = Crowd()
    if campaign.mode is Mode.TEST:
        left = min(left, TEST_MESSAGES)
    elif campaign.mode is Mode.LIVE and campaign.status is CampaignStatus.DRAFT:
        crowd = await forecasts.count_draft(connection, campaign.id, ids, left)
    elif campaign.mode is Mode.LIVE:
        crowd = await forecasts.count_left(connection, campaign.id, ids, left)
    senders = tuple(
        Account(found[one.id], one.resting_until if one.rests else None) for one in usable
    )
    outlook = Outlook(campaign, left, now, begins_at, crowd, senders)
    forecast = await asyncio.to_thread(play, outlook)  # of many accounts: a quarter of a second
    if pace is None or forecast.bound is not Bound.RATE:
        return forecast
    slower = replace(campaign, rate=Rate(max(1, round(pace * 3600)), 3600))
    return await asyncio.to_thread(play, replace(outlook, campaign=slower))


def _begins_at(campaign: Campaign, now: datetime) -> datetime | None:
    """Return when a campaign begins or goes on; None when it does not by itself, or not yet."""
    if campaign.status is CampaignStatus.DRAFT:
        return now
    if campaign.expanded_at is None:
        return None
    if campaign.status is CampaignStatus.RUNNING:
        return now
    if campaign.status is CampaignStatus.PAUSED and campaign.resumes_at is not None:
        return max(now, campaign.resumes_at)
    return None
