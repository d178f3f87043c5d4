"""What a campaign is, and when it may change.

draft ──schedule──▶ scheduled ──start──▶ running ──finish──▶ finished
  └──────────────start──────────────────▶ │ ▲
                                    pause │ │ resume
                                          ▼ │
                                         paused
cancel: from draft, scheduled, running and paused ──▶ cancelled
finish: from running, and from paused when its last delivery settles
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from db.models.rate import Rate


class CampaignStatus(StrEnum):
    DRAFT = "draft"  # being built; nothing was expanded
    SCHEDULED = "scheduled"  # waits for starts_at
    RUNNING = "running"  # deliveries are claimed
    PAUSED = "paused"  # nothing new leaves; by a person or by itself (pause_reason)
    FINISHED = "finished"  # every delivery is settled
    CANCELLED = "cancelled"  # stopped for good; what was pending stays unsent


class CampaignEvent(StrEnum):
    SCHEDULE = "schedule"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    CANCEL = "cancel"


class Mode(StrEnum):
    """TEST writes the first few to the account's own Saved Messages; DRY_RUN writes nobody."""

    TEST = "test"
    DRY_RUN = "dry_run"
    LIVE = "live"


_S, _E = CampaignStatus, CampaignEvent

TRANSITIONS: dict[tuple[CampaignStatus, CampaignEvent], CampaignStatus] = {
    (_S.DRAFT, _E.SCHEDULE): _S.SCHEDULED,
    (_S.DRAFT, _E.START): _S.RUNNING,
    (_S.DRAFT, _E.CANCEL): _S.CANCELLED,
    (_S.SCHEDULED, _E.START): _S.RUNNING,
    (_S.SCHEDULED, _E.CANCEL): _S.CANCELLED,
    (_S.RUNNING, _E.PAUSE): _S.PAUSED,
    (_S.RUNNING, _E.FINISH): _S.FINISHED,
    (_S.RUNNING, _E.CANCEL): _S.CANCELLED,
    (_S.PAUSED, _E.RESUME): _S.RUNNING,
    (_S.PAUSED, _E.FINISH): _S.FINISHED,
    (_S.PAUSED, _E.CANCEL): _S.CANCELLED,
}


def after(status: CampaignStatus, event: CampaignEvent) -> CampaignStatus | None:
    """The status that `event` leads to, or None when it is not lawful now."""
    return TRANSITIONS.get((status, event))


def sources(event: CampaignEvent) -> list[CampaignStatus]:
    """The statuses from which `event` is lawful."""
    return [status for status, e in TRANSITIONS if e is event]


@dataclass(frozen=True, slots=True)
class Counts:
    """Where a campaign's deliveries stand; `pending` includes what is being sent now."""

    total: int
    sent: int
    failed: int
    skipped: int
    unknown: int

    @property
    def settled(self) -> int:
        return self.sent + self.failed + self.skipped + self.unknown

    @property
    def pending(self) -> int:
        return self.total - self.settled


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another, maybe past midnight; both without a zone of their own."""

    since: time
    until: time

    @classmethod
    def of(cls, since: time | None, until: time | None) -> QuietHours | None:
        return None if since is None or until is None else cls(since, until)


QUIET_NIGHT = QuietHours(time(21), time(9))
FREQUENCY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Campaign:
    """One row of campaigns. Moments are aware datetimes; `resumes_at` ends a pause by itself.

    Nothing is sent before `expanded_at`, when the last of its deliveries was written.
    In `quiet_hours` of `zone` nothing leaves. Who got another campaign's message within the last
    `frequency_hours` gets none of this one.
    """

    id: int
    nonce: UUID
    name: str
    status: CampaignStatus
    mode: Mode
    template_id: int | None
    rate: Rate
    retry_limit: int
    created_by: int
    created_at: datetime
    starts_at: datetime | None
    started_at: datetime | None
    paused_at: datetime | None
    pause_reason: str | None
    resumes_at: datetime | None
    finished_at: datetime | None
    counts: Counts
    zone: str = "UTC"
    quiet_hours: QuietHours | None = None
    frequency_hours: int | None = None
    expanded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CampaignHistory:
    """One row of campaign_events: what happened, when, by whom (None: by itself) and why."""

    id: int
    campaign_id: int
    at: datetime
    event: str
    status: CampaignStatus
    admin_id: int | None
    reason: str | None
