"""Results of a campaign: counts, lines of its report, and its live card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.models.delivery import DeliveryStatus


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many deliveries came to `status` for `reason` (Telegram's error name, or ours)."""

    status: DeliveryStatus
    reason: str
    people: int


@dataclass(frozen=True, slots=True)
class Responses:
    """How many people answered, have seen the message, and asked to stop.

    `seen` is a lower bound: not every Telegram app reports it.
    """

    answered: int = 0
    seen: int = 0
    opted_out: int = 0


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One delivery of the report. `pos` counts from 1. `phone` is in full."""

    pos: int
    user_id: int | None
    phone: str | None
    username: str | None
    status: DeliveryStatus
    reason: str | None
    settled_at: datetime | None
    message_id: int | None


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """One row of campaign_cards: the message that shows a campaign's progress in a chat."""

    campaign_id: int
    chat_id: int
    message_id: int
