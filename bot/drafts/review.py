"""The draft before Start: who gets what from which account, and what keeps it from starting."""

from __future__ import annotations

from bot.drafts.presses import AskDiscard, DiscardDraft, OpenStep, StartDraft, Step, Way
from bot.drafts.refusals import problem_line
from bot.drafts.view_model import Review
from bot.ui.forecast_lines import forecast_lines, no_end, reached_line, when_done
from bot.ui.formatting import (
    LONGEST_SHOWN,
    MOST_LISTED,
    account_state,
    listed,
    mode,
    named,
    rate,
    short,
)
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenCampaigns, OpenReview
from bot.ui.screen import Key, Screen, back, home
from db.models.account import AccountStatus
from db.models.campaign import Campaign, Mode
from db.models.draft import Gap

MOST_GAPS = 5


def review(_: Translator, found: Review) -> Screen:
    """Show the draft as it would start now; there is no Start while it has problems."""
    campaign = found.campaign
    lines = [f"<b>{named(campaign.name)}</b>", _people(_, found)]
    if found.template is not None:
        lines.append(_("Message: {name}", name=short(found.template.name, LONGEST_SHOWN)))
    lines += _accounts(_, found)
    lines += _pace(_, found)
    lines.append(_mode(_, campaign.mode))
    if campaign.mode is Mode.LIVE:
        lines += _contact_rules(_, found)
    warnings = [*_gaps(_, found), *_limits(_, found)]
    problems = [problem_line(_, problem, found) for problem in found.problems]
    if warnings:
        lines += ["", *(f"⚠ {warning}" for warning in warnings)]
    if problems:
        lines += ["", _("It cannot start yet:"), *(f"✕ {problem}" for problem in problems)]
    return Screen("\n".join(lines), _keys(_, found))


def _pace(_: Translator, found: Review) -> list[str]:
    """Say at which rate it goes, when it is done, and what holds it up."""
    campaign, forecast, pace = found.campaign, found.forecast, rate(_, found.campaign.rate)
    if forecast is None or not found.messages:
        return [_("Rate: {rate}", rate=pace)]
    time = when_done(_, forecast, found.now)
    if time is None:
        line = _("Rate: {rate}, <b>{end}</b>", rate=pace, end=no_end(_, forecast))
    else:
        line = _("Rate: {rate}, done about <b>{time}</b> if it starts now", rate=pace, time=time)
    return [line, *forecast_lines(_, forecast, hours=campaign.frequency_hours or 0)]


def _accounts(_: Translator, found: Review) -> list[str]:
    """Name the accounts with their states, the first few of many."""
    lines = [
        _(
            "From: {name} ({state})",
            name=short(account.name, LONGEST_SHOWN),
            state=account_state(_, account, found.now),
        )
        for account in found.accounts[:MOST_LISTED]
    ]
    if (rest := len(found.accounts) - MOST_LISTED) > 0:
        lines.append(_.plural("and {n} more account", "and {n} more accounts", rest))
    return lines


def _people(_: Translator, found: Review) -> str:
    names = listed(_, [contact_list.name for contact_list in found.contact_lists]) or "–"
    audience = found.audience
    parts = [
        _.plural("To {n} person ({lists})", "To {n} people ({lists})", audience.people, lists=names)
    ]
    if n := audience.suppressed:
        parts.append(_.plural("minus {n} on the stop list", "minus {n} on the stop list", n))
    if n := audience.unreachable:
        parts.append(
            _.plural("minus {n} not reachable before", "minus {n} not reachable before", n)
        )
    return ", ".join(parts)


def _mode(_: Translator, value: Mode) -> str:
    if value is Mode.TEST:
        return _("Mode: test, to the account's own Saved Messages only")
    if value is Mode.DRY_RUN:
        return _("Mode: dry run, nobody is written to")
    return _("Mode: live")


def _contact_rules(_: Translator, found: Review) -> list[str]:
    """Say when and how often people are written to, and who waits or is left out for that."""
    campaign, lines = found.campaign, []
    if (quiet := campaign.quiet_hours) is not None:
        lines.append(
            _(
                "Messages go out {since}–{until} only ({zone})",
                since=f"{quiet.until:%H:%M}",
                until=f"{quiet.since:%H:%M}",
                zone=campaign.zone,
            )
        )
    if (hours := campaign.frequency_hours) is None:
        return lines
    skips = campaign.frequency_skips
    if found.forecast is not None and found.forecast.waiting:
        return lines + reached_line(_, found.forecast, found.now, hours=hours, skips=skips)
    if skips:
        lines.append(
            _("People who got another campaign's message within {n} h are left out", n=hours)
        )
    else:
        lines.append(_("People who got another campaign's message within {n} h wait", n=hours))
    return lines


def _limits(_: Translator, found: Review) -> list[str]:
    """Name the accounts that Telegram limits."""
    names = [a.name for a in found.accounts if a.status is AccountStatus.LIMITED]
    if len(names) > MOST_LISTED:
        return [
            _(
                "{names} are limited by Telegram: people they have never written to must wait.",
                names=listed(_, names),
            )
        ]
    return [
        _(
            "{name} is limited by Telegram: people it has never written to must wait.",
            name=short(name, LONGEST_SHOWN),
        )
        for name in names
    ]


def _gaps(_: Translator, found: Review) -> list[str]:
    """Name the placeholders that are empty for some people, the first few of many."""
    lines = [_gap(_, gap) for gap in found.gaps[:MOST_GAPS]]
    if (rest := len(found.gaps) - MOST_GAPS) > 0:
        lines.append(
            _.plural(
                "{n} more field is empty for some people.",
                "{n} more fields are empty for some people.",
                rest,
            )
        )
    return lines


def _gap(_: Translator, gap: Gap) -> str:
    field = f"{{{{{short(gap.field, LONGEST_SHOWN)}}}}}"
    if gap.fallback:
        return _.plural(
            "{field} is empty for {n} person: they get “{fallback}”.",
            "{field} is empty for {n} people: they get “{fallback}”.",
            gap.people,
            field=field,
            fallback=short(gap.fallback, LONGEST_SHOWN),
        )
    return _.plural(
        "{field} is empty for {n} person: they get nothing in its place.",
        "{field} is empty for {n} people: they get nothing in its place.",
        gap.people,
        field=field,
    )


def _keys(_: Translator, found: Review) -> tuple[tuple[Key, ...], ...]:
    campaign_id = found.campaign.id

    def step(label: str, name: Step) -> Key:
        return Key(label, OpenStep(Way.REVIEW, campaign_id, name))

    rows: list[tuple[Key, ...]] = [
        (
            step(_("People"), Step.LISTS),
            step(_("Message"), Step.TEMPLATE),
            step(_("Accounts"), Step.ACCOUNT),
        ),
        (step(_("Rate and hours"), Step.RATE), step(_("Mode"), Step.MODE)),
        (Key(_("Discard"), AskDiscard(campaign_id)), back(_, OpenCampaigns())),
    ]
    if not found.problems:
        rows.insert(0, (Key(_start(_, found), StartDraft(campaign_id), "success"),))
    return tuple(rows)


def _start(_: Translator, found: Review) -> str:
    if found.campaign.mode is Mode.LIVE:
        return _.plural("Start: {n} message", "Start: {n} messages", found.messages)
    return _("Start ({mode})", mode=mode(_, found.campaign.mode))


def counting(_: Translator, campaign_id: int) -> Screen:
    """Say that a large audience is being counted; the button counts again after a restart."""
    return Screen(_("Counting everybody…"), ((Key(_("Update"), OpenReview(campaign_id)),),))


def ask_discard(_: Translator, campaign: Campaign) -> Screen:
    """Ask before the draft is discarded."""
    name = short(campaign.name, LONGEST_SHOWN)
    text = _("Discard the draft <b>{name}</b>? Nothing was sent.", name=name)
    discard = Key(_("Discard the draft"), DiscardDraft(campaign.id), "danger")
    return Screen(text, ((discard,), (back(_, OpenReview(campaign.id)),)))


def discarded(_: Translator, name: str) -> Screen:
    """Say that the draft is no more."""
    text = _("The draft <b>{name}</b> is discarded. Nothing was sent.", name=name)
    return Screen(text, ((Key(_("‹ Campaigns"), OpenCampaigns()), home(_)),))
