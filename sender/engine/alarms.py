"""The alarms that campaigns need, computed from their rows.

An alarm fires a function of sender.jobs: a tick, a start, the end of a pause, the housekeeping.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from db.models.campaign import Campaign, CampaignStatus

TICK_SECONDS = 5.0
HOUSEKEEPING_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """Calls `function` of sender.jobs once at `at`, or every `every` seconds.

    `campaign_id` is its argument; None for a function without one.
    """

    id: str
    function: str
    campaign_id: int | None = None
    at: datetime | None = None
    every: float | None = None


class AlarmScheduler(Protocol):
    """What the runtime needs of a scheduler."""

    async def start(self) -> None:
        """Begin to fire alarms."""

    async def stop(self) -> None:
        """Stop firing alarms and cancel the functions that run."""

    async def set_alarms(self, alarms: Collection[Alarm]) -> None:
        """Make these the alarms that are set: add, move and remove."""

    async def restart(self) -> None:
        """Start again after the scheduler has stopped by itself."""


def alarms_of(alive: Collection[Campaign]) -> list[Alarm]:
    """Return the alarms of these campaigns, and the one of the housekeeping."""
    wanted = [alarm for campaign in alive if (alarm := _alarm(campaign)) is not None]
    return [*wanted, Alarm("housekeeping", "housekeeping", every=HOUSEKEEPING_SECONDS)]


def _alarm(campaign: Campaign) -> Alarm | None:
    name = f"campaign-{campaign.id}"
    match campaign.status:
        case CampaignStatus.RUNNING:
            return Alarm(f"{name}-deliver", "deliver", campaign.id, every=TICK_SECONDS)
        case CampaignStatus.SCHEDULED:
            return Alarm(f"{name}-start", "start_campaign", campaign.id, at=campaign.starts_at)
        case CampaignStatus.PAUSED if campaign.resumes_at is not None:
            return Alarm(f"{name}-resume", "resume_campaign", campaign.id, at=campaign.resumes_at)
    return None
