"""Lines about a campaign that several features show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ui.forecast_lines import when_done
from bot.ui.formatting import (
    MOST_LISTED,
    account_state,
    campaign_sign,
    campaign_status,
    mode,
    moment,
    named,
    plain,
    short,
)
from bot.ui.i18n import Translator
from bot.ui.reasons import delivery_reason
from db.models.account import Account, AccountStatus
from db.models.campaign import Campaign, CampaignStatus, Mode
from db.models.forecast import Forecast
from db.models.report import ReasonCount, Responses

LONGEST_REASON = 120  # characters; Telegram's own names of errors are shorter


def campaign_line(
    _: Translator, campaign: Campaign, now: datetime, forecast: Forecast | None = None
) -> str:
    """Return one line of a list: "● Spring sale · 412 of 1,204 · about 18:40 MSK".

    The status of a campaign that runs is its sign alone, unless no end is in sight.
    """
    counts = campaign.counts
    parts = [named(campaign.name)]
    if campaign.status is CampaignStatus.SCHEDULED and campaign.starts_at:
        parts.append(moment(_, campaign.starts_at, now))
    elif campaign.status is not CampaignStatus.DRAFT:
        parts.append(_("{sent} of {total}", sent=counts.settled, total=counts.total))
    time = when_done(_, forecast, now)
    if campaign.status is not CampaignStatus.RUNNING or time is None:
        parts.append(campaign_status(_, campaign.status))
    if time is not None:
        parts.append(_("about {time}", time=time))
    return f"{campaign_sign(campaign.status)} " + " · ".join(parts)


def status_line(_: Translator, campaign: Campaign) -> str:
    """Return "● running · test"; the mode is named unless it is live."""
    line = f"{campaign_sign(campaign.status)} {campaign_status(_, campaign.status)}"
    return line if campaign.mode is Mode.LIVE else f"{line} · {mode(_, campaign.mode)}"


def response_lines(_: Translator, responses: Responses) -> list[str]:
    """Return what came back, in one line; empty while nothing has."""
    parts = []
    if responses.seen:
        parts.append(_.plural("at least {n} read", "at least {n} read", responses.seen))
    if responses.answered:
        parts.append(_.plural("{n} answered", "{n} answered", responses.answered))
    if responses.opted_out:
        parts.append(_.plural("{n} asked to stop", "{n} asked to stop", responses.opted_out))
    return [" · ".join(parts)] if parts else []


def reason_lines(_: Translator, reasons: Sequence[ReasonCount]) -> list[str]:
    """Return "– blocked us: 12", one line each."""
    return [
        f"– {plain(short(delivery_reason(_, reason.reason), LONGEST_REASON))}: "
        f"{_.number(reason.people)}"
        for reason in reasons
    ]


def account_lines(_: Translator, accounts: Sequence[Account], now: datetime) -> list[str]:
    """Return lines for the accounts that are not ready: in which state, and until when.

    Of many accounts the first few have a line of their own.
    """
    waiting = [account for account in accounts if account.status is not AccountStatus.ACTIVE]
    lines = [
        f"{named(account.name)}: {account_state(_, account, now)}"
        for account in waiting[:MOST_LISTED]
    ]
    if (rest := len(waiting) - MOST_LISTED) > 0:
        lines.append(_.plural("and {n} more account", "and {n} more accounts", rest))
    return lines
