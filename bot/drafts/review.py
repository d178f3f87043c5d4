"""The draft before Start: who gets what from which account, and what keeps it from starting."""

from __future__ import annotations

from bot.drafts.presses import AskDiscard, DiscardDraft, OpenStep, StartDraft, Step, Way
from bot.drafts.view_model import Problem, Review
from bot.ui.formatting import account_state, mode, moment, plain, rate
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
    lines = [f"<b>{plain(campaign.name)}</b>", _people(_, found)]
    if found.template is not None:
        lines.append(_("Message: {name}", name=found.template.name))
    lines += [
        _("From: {name} ({state})", name=a.name, state=account_state(_, a, found.now))
        for a in found.accounts
    ]
    lines.append(
        _(
            "Rate: {rate}, done about {time} if it starts now",
            rate=rate(_, campaign.rate),
            time=moment(_, found.done_at, found.now),
        )
        if found.messages
        else _("Rate: {rate}", rate=rate(_, campaign.rate))
    )
    lines.append(_mode(_, campaign.mode))
    if campaign.mode is Mode.LIVE:
        lines += _contact_rules(_, campaign)
    warnings = [_gap(_, gap) for gap in found.gaps[:MOST_GAPS]]
    warnings += [
        _("{name} is limited by Telegram: people it has never written to must wait.", name=a.name)
        for a in found.accounts
        if a.status is AccountStatus.LIMITED
    ]
    warnings += _caps(_, found)
    problems = [_problem(_, problem, found) for problem in found.problems]
    if warnings:
        lines += ["", *(f"⚠ {warning}" for warning in warnings)]
    if problems:
        lines += ["", _("It cannot start yet:"), *(f"✕ {problem}" for problem in problems)]
    return Screen("\n".join(lines), _keys(_, found))


def _people(_: Translator, found: Review) -> str:
    names = ", ".join(contact_list.name for contact_list in found.contact_lists) or "–"
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


def _contact_rules(_: Translator, campaign: Campaign) -> list[str]:
    """Say when and how often people are written to."""
    lines = []
    if (quiet := campaign.quiet_hours) is not None:
        lines.append(
            _(
                "Messages go out {since}–{until} only ({zone})",
                since=f"{quiet.until:%H:%M}",
                until=f"{quiet.since:%H:%M}",
                zone=campaign.zone,
            )
        )
    if campaign.frequency_hours is not None:
        lines.append(
            _("Nobody who got another campaign's message within {n} h", n=campaign.frequency_hours)
        )
    return lines


def _caps(_: Translator, found: Review) -> list[str]:
    """Say what an account may do a day, where that is less than the campaign wants."""
    if found.campaign.mode is not Mode.LIVE:
        return []
    return [
        _(
            "{name} writes to at most {n} people a day, {first} of them new, {seconds} s between "
            "them: more in /accounts.",
            name=account.name,
            n=caps.per_day,
            first=caps.first_per_day,
            seconds=caps.first_apart_seconds,
        )
        for account, caps in zip(found.accounts, found.caps, strict=False)
        if found.messages > min(caps.per_day, caps.first_per_day)
    ]


def _gap(_: Translator, gap: Gap) -> str:
    if gap.fallback:
        return _.plural(
            "{field} is empty for {n} person: they get “{fallback}”.",
            "{field} is empty for {n} people: they get “{fallback}”.",
            gap.people,
            field=f"{{{{{gap.field}}}}}",
            fallback=gap.fallback,
        )
    return _.plural(
        "{field} is empty for {n} person: they get nothing in its place.",
        "{field} is empty for {n} people: they get nothing in its place.",
        gap.people,
        field=f"{{{{{gap.field}}}}}",
    )


def _problem(_: Translator, problem: Problem, found: Review) -> str:
    match problem:
        case Problem.NO_LISTS:
            return _("No contact list is chosen.")
        case Problem.NO_TEMPLATE:
            return _("No message is chosen.")
        case Problem.NO_ACCOUNT:
            return _("No account is chosen.")
        case Problem.ACCOUNT_GONE:
            return _("The account is signed out or switched off: /accounts says how to connect it.")
        case Problem.NOBODY_LEFT if found.audience.people:
            return _(
                "Nobody is left: everybody in the lists is on the stop list or cannot be reached."
            )
        case Problem.NOBODY_LEFT:
            return _("Nobody is left: the lists are empty.")


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
    text = _("Discard the draft <b>{name}</b>? Nothing was sent.", name=campaign.name)
    discard = Key(_("Discard the draft"), DiscardDraft(campaign.id), "danger")
    return Screen(text, ((discard,), (back(_, OpenReview(campaign.id)),)))


def discarded(_: Translator, name: str) -> Screen:
    """Say that the draft is no more."""
    text = _("The draft <b>{name}</b> is discarded. Nothing was sent.", name=name)
    return Screen(text, ((Key(_("‹ Campaigns"), OpenCampaigns()), home(_)),))
