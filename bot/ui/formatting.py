"""The small signs that many screens share: statuses, the bar, rates, moments."""

from __future__ import annotations

import html
from datetime import datetime, timedelta

from bot.ui.i18n import Words
from db.models.account import Account, AccountStatus
from db.models.campaign import Campaign, CampaignStatus, Counts, Mode
from db.models.contact_list import Basis
from db.models.rate import Rate

BAR_CELLS = 10
SHORTENED = 28  # characters of a name on a button


def campaign_sign(status: CampaignStatus) -> str:
    return {
        CampaignStatus.DRAFT: "○",
        CampaignStatus.SCHEDULED: "◷",
        CampaignStatus.RUNNING: "●",
        CampaignStatus.PAUSED: "‖",
        CampaignStatus.FINISHED: "✓",
        CampaignStatus.CANCELLED: "✕",
    }[status]


def campaign_status(_: Words, status: CampaignStatus) -> str:
    """The status as a word."""
    return {
        CampaignStatus.DRAFT: _("draft"),
        CampaignStatus.SCHEDULED: _("scheduled"),
        CampaignStatus.RUNNING: _("running"),
        CampaignStatus.PAUSED: _("paused"),
        CampaignStatus.FINISHED: _("done"),
        CampaignStatus.CANCELLED: _("stopped"),
    }[status]


def mode(_: Words, value: Mode) -> str:
    return {Mode.TEST: _("test"), Mode.DRY_RUN: _("dry run"), Mode.LIVE: _("live")}[value]


def account_state(_: Words, account: Account, now: datetime) -> str:
    """The account's status as words, with the hour when it ends."""
    match account.status:
        case AccountStatus.ACTIVE:
            return _("ready")
        case AccountStatus.RESTING if account.until:
            return _("resting until {time}", time=moment(_, account.until, now))
        case AccountStatus.LIMITED if account.until:
            return _("limited until {time}", time=moment(_, account.until, now))
        case AccountStatus.HELD:
            return _("waits for you")
        case AccountStatus.LOST:
            return _("signed out")
        case _status:
            return _("switched off")


def bar(counts: Counts) -> str:
    """ "▰▰▰▰▱▱▱▱▱▱ 41%"; full only when everything is settled."""
    share = counts.settled / counts.total if counts.total else 0.0
    full = int(share * BAR_CELLS)
    return "▰" * full + "▱" * (BAR_CELLS - full) + f" {int(share * 100)}%"


def rate(_: Words, value: Rate) -> str:
    """ "20/min"."""
    return {
        1: _("{n}/s", n=value.count),
        60: _("{n}/min", n=value.count),
        3600: _("{n}/h", n=value.count),
    }[value.seconds]


def moment(_: Words, at: datetime, now: datetime) -> str:
    """The clock time today, else the day too, in the reader's zone."""
    today = at.astimezone(_.zone).date() == now.astimezone(_.zone).date()
    return _.clock(at) if today else _.day_and_clock(at)


def duration(_: Words, value: timedelta) -> str:
    """Two parts at most: "1 h 5 min", "40 s"."""
    seconds = max(1, round(value.total_seconds()))
    if seconds < 60:
        return _("{n} s", n=seconds)
    minutes = seconds // 60
    if minutes < 60:
        return _("{n} min", n=minutes)
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def campaign_line(_: Words, campaign: Campaign, now: datetime) -> str:
    """One line of a list: "● Spring sale · 412 of 1 204 · about 18:40 MSK"."""
    counts = campaign.counts
    parts = [plain(campaign.name)]
    if campaign.status is CampaignStatus.SCHEDULED and campaign.starts_at:
        parts.append(moment(_, campaign.starts_at, now))
    elif campaign.status is not CampaignStatus.DRAFT:
        parts.append(_("{sent} of {total}", sent=counts.settled, total=counts.total))
    if campaign.status is CampaignStatus.RUNNING:
        done_at = now + campaign.rate.duration(counts.pending)
        parts.append(_("about {time}", time=moment(_, done_at, now)))
    else:
        parts.append(campaign_status(_, campaign.status))
    return f"{campaign_sign(campaign.status)} " + " · ".join(parts)


def short(name: str) -> str:
    """A name cut for a button."""
    return name if len(name) <= SHORTENED else name[: SHORTENED - 1] + "…"


def plain(text: str) -> str:
    """What people typed, safe between our tags."""
    return html.escape(text, quote=False)


def masked(phone: str) -> str:
    """ "+7••••••4567": enough to tell one's own numbers apart."""
    digits = phone.removeprefix("+")
    return f"+{digits[0]}{'•' * max(0, len(digits) - 5)}{digits[-4:]}"


def basis_word(_: Words, basis: Basis) -> str:
    return {
        Basis.WROTE_FIRST: _("They wrote to us"),
        Basis.CUSTOMER: _("Customers"),
        Basis.SUBSCRIBER: _("Subscribed"),
        Basis.EVENT: _("Event"),
        Basis.OWN_CHANNEL: _("Our own channels"),
        Basis.OTHER: _("Other reason…"),
    }[basis]
