"""How many screens write the same things: statuses, the progress bar, rates, moments, names."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.ui.i18n import Markup, Translator
from db.models.account import Account, AccountStatus
from db.models.campaign import CampaignStatus, Counts, Mode
from db.models.contact_list import Basis
from db.models.rate import Rate

BAR_CELLS = 10
SHORTENED = 28  # characters of a name on a button
LONGEST_SHOWN = 64  # characters of a name in a text
MOST_LISTED = 5  # names in a row, accounts or warnings on a screen


def campaign_sign(status: CampaignStatus) -> str:
    """Return the status as one character."""
    return {
        CampaignStatus.DRAFT: "○",
        CampaignStatus.SCHEDULED: "◷",
        CampaignStatus.RUNNING: "●",
        CampaignStatus.PAUSED: "‖",
        CampaignStatus.FINISHED: "✓",
        CampaignStatus.CANCELLED: "✕",
    }[status]


def campaign_status(_: Translator, status: CampaignStatus) -> str:
    """Return the status as a word."""
    return {
        CampaignStatus.DRAFT: _("draft"),
        CampaignStatus.SCHEDULED: _("scheduled"),
        CampaignStatus.RUNNING: _("running"),
        CampaignStatus.PAUSED: _("paused"),
        CampaignStatus.FINISHED: _("done"),
        CampaignStatus.CANCELLED: _("stopped"),
    }[status]


def mode(_: Translator, value: Mode) -> str:
    """Return the mode as a word."""
    return {Mode.TEST: _("test"), Mode.DRY_RUN: _("dry run"), Mode.LIVE: _("live")}[value]


def account_state(_: Translator, account: Account, now: datetime) -> str:
    """Return the account's status in words, with the time when it ends."""
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
    """Return "▰▰▰▰▱▱▱▱▱▱ 41%". Rounds down: full only when every delivery is settled."""
    share = counts.settled / counts.total if counts.total else 0.0
    full = int(share * BAR_CELLS)
    return "▰" * full + "▱" * (BAR_CELLS - full) + f" {int(share * 100)}%"


def rate(_: Translator, value: Rate) -> str:
    """Return "20/min"."""
    return {
        1: _("{n}/s", n=value.count),
        60: _("{n}/min", n=value.count),
        3600: _("{n}/h", n=value.count),
    }[value.seconds]


def moment(_: Translator, at: datetime, now: datetime) -> str:
    """Return the time in the reader's zone, with the day when that is not today."""
    today = at.astimezone(_.zone).date() == now.astimezone(_.zone).date()
    return _.clock(at) if today else _.day_and_clock(at)


def duration(_: Translator, value: timedelta) -> str:
    """Return at most two parts: "1 h 5 min", "40 s"."""
    seconds = max(1, round(value.total_seconds()))
    if seconds < 60:
        return _("{n} s", n=seconds)
    minutes = seconds // 60
    if minutes < 60:
        return _("{n} min", n=minutes)
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def short(name: str, most: int = SHORTENED) -> str:
    """Return the name, cut to `most` characters: to fit a button unless that is given."""
    return name if len(name) <= most else name[: most - 1] + "…"


def named(name: str) -> str:
    """Return a name that people typed, cut to LONGEST_SHOWN and escaped for Telegram's HTML."""
    return plain(short(name, LONGEST_SHOWN))


def listed(_: Translator, names: Sequence[str]) -> str:
    """Return the names in a row, cut and not escaped: "May, June and 12 more"."""
    shown = ", ".join(short(name, LONGEST_SHOWN) for name in names[:MOST_LISTED])
    if (rest := len(names) - MOST_LISTED) <= 0:
        return shown
    return _.plural("{names} and {n} more", "{names} and {n} more", rest, names=Markup(shown))


def plain(text: str) -> str:
    """Escape what people typed for Telegram's HTML."""
    return html.escape(text, quote=False)


def masked(phone: str) -> str:
    """Return "+7••••••4567": enough to tell the numbers of one's own list apart."""
    digits = phone.removeprefix("+")
    return f"+{digits[0]}{'•' * max(0, len(digits) - 5)}{digits[-4:]}"


def basis_word(_: Translator, basis: Basis) -> str:
    """Return the basis as its button says it."""
    return {
        Basis.WROTE_FIRST: _("They wrote to us"),
        Basis.CUSTOMER: _("Customers"),
        Basis.SUBSCRIBER: _("Subscribed"),
        Basis.EVENT: _("Event"),
        Basis.OWN_CHANNEL: _("Our own channels"),
        Basis.OTHER: _("Other reason…"),
    }[basis]
