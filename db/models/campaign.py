"""A campaign, and the transitions of its status.

draft ──schedule──▶ scheduled ──start──▶ running ──finish──▶ finished
  └──────────────start──────────────────▶ │ ▲
                                    pause │ │ resume
                                          ▼ │
                                         paused
cancel: from draft, scheduled, running and paused ──▶ cancelled
finish: from running and paused, when every delivery is settled
reopen: from finished ──▶ running, when an unknown delivery is to be sent again
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from db.models.rate import Rate


class CampaignStatus(StrEnum):
    DRAFT = "draft"  # being built; it has no deliveries
    SCHEDULED = "scheduled"  # waits for starts_at
    RUNNING = "running"  # deliveries are claimed
    PAUSED = "paused"  # nothing is claimed, for pause_reason; by an admin or by itself
    FINISHED = "finished"  # every delivery is settled; reopened to send an unknown one again
    CANCELLED = "cancelled"  # final; what is pending is not sent


class CampaignEvent(StrEnum):
    SCHEDULE = "schedule"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    CANCEL = "cancel"
    REOPEN = "reopen"


class Mode(StrEnum):
    """TEST sends the first few to the account's own Saved Messages; DRY_RUN sends nothing."""

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
    (_S.FINISHED, _E.REOPEN): _S.RUNNING,
}


def after(status: CampaignStatus, event: CampaignEvent) -> CampaignStatus | None:
    """Return the status that `event` leads to; None when `status` does not allow it."""
    return TRANSITIONS.get((status, event))


def sources(event: CampaignEvent) -> list[CampaignStatus]:
    """Return the statuses that allow `event`."""
    return [status for status, e in TRANSITIONS if e is event]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many deliveries of a campaign have each status; `pending` includes those in flight."""

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
    """From one time of day to another, possibly past midnight, in the campaign's zone."""

    since: time
    until: time

    @classmethod
    def of(cls, since: time | None, until: time | None) -> QuietHours | None:
        """Return the quiet hours; None when one of the times is."""
        return None if since is None or until is None else cls(since, until)

    def end(self, moment: datetime, zone: str) -> datetime | None:
        """Return when the hours that hold at an aware `moment` are over; None when none do."""
        local = moment.astimezone(ZoneInfo(zone))
        clock, day = local.time(), local.date()
        if self.since < self.until:
            quiet = self.since <= clock < self.until
        else:
            quiet = clock >= self.since or clock < self.until
            day += timedelta(days=self.since <= clock)
        return datetime.combine(day, self.until, local.tzinfo) if quiet else None

    def begin_after(self, moment: datetime, zone: str) -> datetime:
        """Return when the hours begin next after an aware `moment`, by the wall clock of `zone`.

        Of two such moments, on a night when the clocks change, return the earlier one.
        """
        local = moment.astimezone(ZoneInfo(zone))
        begins = (
            datetime.combine(local.date() + timedelta(days), self.since, local.tzinfo)
            for days in range(3)
        )
        either = (one.replace(fold=fold).astimezone(UTC) for one in begins for fold in (0, 1))
        return min(one for one in either if one > moment)


QUIET_NIGHT = QuietHours(time(21), time(9))
FREQUENCY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Campaign:
    """One row of campaigns. Moments are aware datetimes; `resumes_at` ends a pause by itself.

    Nothing is sent before `expanded_at`, when the last of its deliveries was written.
    Nothing is sent in `quiet_hours` of `zone`, an IANA name. A person who got a message of another
    campaign within the last `frequency_hours` gets this one later, or never if `frequency_skips`;
    None: no such cap. `random_id_of_contact`: random ids are made of the contact's number, as in
    campaigns that began before persons were known.
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
    frequency_skips: bool = False
    expanded_at: datetime | None = None
    random_id_of_contact: bool = False


@dataclass(frozen=True, slots=True)
class CampaignHistory:
    """One row of campaign_events: an event, and the status after it.

    `event` is a CampaignEvent or 'note'. `admin_id` None: it happened by itself.
    """

    id: int
    campaign_id: int
    at: datetime
    event: str
    status: CampaignStatus
    admin_id: int | None
    reason: str | None
