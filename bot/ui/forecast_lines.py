"""What a forecast says, in the words of every screen that shows one."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ui.formatting import listed, moment, rate
from bot.ui.i18n import Translator
from db.models.forecast import OF_FIRST_CONTACTS, Bound, Forecast
from db.models.rate import Rate

NEAR = timedelta(days=2)  # a later end is a day without its time
SAME_YEAR = timedelta(days=300)  # a later end is a day with its year


def when_done(_: Translator, forecast: Forecast | None, now: datetime) -> str | None:
    """Return when the last message leaves: "18:40 MSK", "Thu 17 Dec"; None: no end in sight."""
    if forecast is None or forecast.done_at is None:
        return None
    if forecast.done_at - now < NEAR:
        return moment(_, forecast.done_at, now)
    return _.day(forecast.done_at, year=forecast.done_at - now > SAME_YEAR)


def forecast_lines(_: Translator, forecast: Forecast, *, hours: int = 0) -> list[str]:
    """Say what holds the campaign up, and who waits, one fact a line.

    `hours` are those of the frequency cap.
    """
    lines = [] if (why := _why(_, forecast)) is None else [why]
    if forecast.shared:
        lines.append(
            _.plural(
                "{n} person is in another running campaign, too: what reaches them second waits "
                "{hours} h.",
                "{n} people are in another running campaign, too: what reaches them second waits "
                "{hours} h.",
                forecast.shared,
                hours=hours,
            )
        )
    return lines


def reached_line(
    _: Translator, forecast: Forecast, now: datetime, *, hours: int, skips: bool
) -> list[str]:
    """Say before Start who got another campaign's message, and what that means for them."""
    if not forecast.waiting or forecast.first_due_at is None:
        return []
    name = listed(_, forecast.reached_by) or "–"
    if skips:
        return [
            _.plural(
                "<b>{n}</b> got {name} within {hours} h: left out.",
                "<b>{n}</b> got {name} within {hours} h: they are left out.",
                forecast.waiting,
                name=name,
                hours=hours,
            )
        ]
    time = moment(_, forecast.first_due_at, now)
    return [
        _.plural(
            "<b>{n}</b> got {name} within {hours} h: gets this from {time} on.",
            "<b>{n}</b> got {name} within {hours} h: they get this from {time} on.",
            forecast.waiting,
            name=name,
            hours=hours,
            time=time,
        )
    ]


def waiting_line(_: Translator, forecast: Forecast, now: datetime) -> list[str]:
    """Say how many wait in a campaign under way, until when, and why."""
    if not forecast.waiting or forecast.first_due_at is None:
        return []
    time = moment(_, forecast.first_due_at, now)
    return [
        _.plural(
            "{n} waits until {time}: got another campaign's message",
            "{n} wait until {time}: they got another campaign's message",
            forecast.waiting,
            time=time,
        )
    ]


def _why(_: Translator, forecast: Forecast) -> str | None:
    """Return what the campaign waits for most of its time; None when that is its own rate."""
    match forecast.bound:
        case Bound.NO_ACCOUNT:
            return _("No account can send: see /accounts.")
        case Bound.FIRST_PER_DAY | Bound.LOOKUPS_PER_DAY if forecast.first_per_day == 0:
            return _("No account may write to new people: see /accounts.")
        case Bound.FIRST_PER_DAY | Bound.LOOKUPS_PER_DAY:
            n = max(1, round(forecast.first_per_day / forecast.accounts))
            why = _.plural(
                "{n} new person a day and account", "{n} new people a day and account", n
            )
        case Bound.FIRST_APART:
            why = _("An account pauses between new people")
        case Bound.PER_DAY:
            why = _.plural(
                "{n} message a day at most", "{n} messages a day at most", forecast.per_day
            )
        case Bound.PER_MINUTE:
            why = _("As fast as the accounts may: see /accounts")
        case Bound.REST:
            why = _("The accounts rest first")
        case _bound:
            return None
    if forecast.bound in OF_FIRST_CONTACTS:
        more = _("{n} accounts would halve it", n=2 * forecast.accounts)
        return f"{why}; {more}."
    return f"{why}."


def no_end(_: Translator, forecast: Forecast) -> str:
    """Say that there is no end in sight; `forecast` has no `done_at`."""
    if forecast.bound is Bound.NO_ACCOUNT:
        return _("no account can send now")
    return _("not done within ten years")


def pace_word(_: Translator, per_second: float) -> str:
    """Return a measured pace as a rate is written: "7/min"."""
    for seconds in (1, 60):
        if per_second * seconds >= 2:
            return rate(_, Rate(round(per_second * seconds), seconds))
    return rate(_, Rate(max(1, round(per_second * 3600)), 3600))
