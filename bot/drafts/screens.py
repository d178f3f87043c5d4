"""The steps of building a campaign, each a screen with buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.drafts.presses import (
    AskRate,
    ChooseAccount,
    ChooseMode,
    ChooseRate,
    ChooseTemplate,
    DropAccount,
    DropList,
    OpenStep,
    PutAccount,
    PutList,
    SetFrequency,
    SetFrequencySkips,
    SetQuietHours,
    Step,
    Way,
)
from bot.drafts.view_model import Choices
from bot.ui.buttons import Press
from bot.ui.formatting import account_state, mode, named, rate, short
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenCampaigns, OpenReview
from bot.ui.pager import Page, T, turns
from bot.ui.screen import Key, Screen, back, cancel
from db.models.campaign import FREQUENCY_HOURS, QUIET_NIGHT, Mode
from db.models.draft import TEST_MESSAGES
from db.models.rate import Rate

PAGE_SIZE = 4
ORDER = (Step.LISTS, Step.TEMPLATE, Step.ACCOUNT, Step.RATE, Step.MODE)
FIRST_STEP = ORDER[0]
RATES = (Rate(20, 60), Rate(60, 60), Rate(2, 1), Rate(10, 1))


def after(step: Step, way: Way) -> Step | None:
    """Return the step that a choice made in `step` leads to; None for the review."""
    if way is Way.REVIEW or step is ORDER[-1]:
        return None
    return ORDER[ORDER.index(step) + 1]


def ask_name(_: Translator) -> Screen:
    """Ask what the new campaign is called."""
    text = _("<b>New campaign</b>\nWhat shall we call it? People who get the message never see it.")
    return Screen(text, ((cancel(_),),))


def name_refused(_: Translator, longest: int) -> Screen:
    """Answer a name that is empty or longer than `longest` characters."""
    text = _("A name has 1 to {n} characters, on one line. Type another.", n=longest)
    return Screen(text, ((cancel(_),),))


def lists(_: Translator, choices: Choices, way: Way) -> Screen:
    """Choose any number of contact lists."""
    campaign_id, offset = choices.campaign.id, choices.offset
    page = Page.of(choices.contact_lists, offset, PAGE_SIZE)
    if page.is_empty_list:
        text = _("There is no contact list yet. Send me a CSV, JSONL or TXT file, then come back.")
        return _step(_, choices, way, Step.LISTS, text, [])
    rows = []
    for one in page.items:
        chosen = one.id in choices.chosen_lists
        about = _("deleted") if one.archived_at is not None else _.number(one.size)
        label = f"{_tick(chosen)} {short(one.name)} · {about}"
        press = DropList if chosen else PutList
        rows.append((Key(label, press(way, campaign_id, one.id, offset)),))
    text = _("Who gets it? Choose one list or several; who is in two of them gets it once.")
    onward = _turns(_, choices, way, Step.LISTS, page)
    if choices.chosen_lists:
        onward.append(_next(_, choices, way, Step.LISTS))
    return _step(_, choices, way, Step.LISTS, text, rows, onward)


def template(_: Translator, choices: Choices, way: Way) -> Screen:
    """Choose the message."""
    campaign_id = choices.campaign.id
    page = Page.of(choices.templates, choices.offset, PAGE_SIZE)
    rows = [(Key(short(one.name), ChooseTemplate(way, campaign_id, one.id)),) for one in page.items]
    text = _("Which message?") if rows else _("There is no message yet. Make one in /templates.")
    onward = _turns(_, choices, way, Step.TEMPLATE, page)
    return _step(_, choices, way, Step.TEMPLATE, text, rows, onward)


def account(_: Translator, choices: Choices, way: Way) -> Screen:
    """Choose any number of accounts; a single one is chosen with one press."""
    campaign_id, offset = choices.campaign.id, choices.offset
    page = Page.of(choices.accounts[offset:], offset, PAGE_SIZE)
    if page.is_empty_list:
        text = _("No account is connected yet: /accounts says how.")
        return _step(_, choices, way, Step.ACCOUNT, text, [])
    lines = [f"{named(one.name)}: {account_state(_, one, choices.now)}" for one in page.items]
    if len(choices.accounts) == 1:
        only = choices.accounts[0]
        rows = [(Key(short(only.name), ChooseAccount(way, campaign_id, only.id)),)]
        text = "\n".join([_("Which account sends it?"), *lines])
        return _step(_, choices, way, Step.ACCOUNT, text, rows)
    rows = []
    for one in page.items:
        chosen = one.id in choices.chosen_accounts
        press = DropAccount if chosen else PutAccount
        label = f"{_tick(chosen)} {short(one.name)}"
        rows.append((Key(label, press(way, campaign_id, one.id, offset)),))
    ask = _(
        "Which accounts send it? Choose one or several: whoever talks with somebody already goes "
        "on, the others share the rest."
    )
    onward = _turns(_, choices, way, Step.ACCOUNT, page)
    if choices.chosen_accounts:
        onward.append(_next(_, choices, way, Step.ACCOUNT))
    return _step(_, choices, way, Step.ACCOUNT, "\n".join([ask, *lines]), rows, onward)


def rates(_: Translator, choices: Choices, way: Way) -> Screen:
    """Choose one of the usual rates, or another."""
    campaign_id = choices.campaign.id
    keys = [
        Key(rate(_, one), ChooseRate(way, campaign_id, one.count, one.seconds)) for one in RATES
    ]
    text = _(
        "How fast? It is {rate} now. Never faster than this, restarts included. "
        "Slower is safer for the account.",
        rate=rate(_, choices.campaign.rate),
    )
    last = [Key(_("Other…"), AskRate(way, campaign_id))]
    if way is Way.REVIEW:  # a new draft has quiet hours already
        last.append(Key(_("Hours…"), OpenStep(way, campaign_id, Step.HOURS)))
    return _step(_, choices, way, Step.RATE, text, [tuple(keys[:2]), tuple(keys[2:]), tuple(last)])


def ask_rate(_: Translator, campaign_id: int, way: Way) -> Screen:
    """Ask for a rate in words."""
    text = _("Type the rate: a number per second, minute or hour, like 20/min, 2/s or 500/h.")
    return Screen(text, ((back(_, OpenStep(way, campaign_id, Step.RATE)),),))


def rate_refused(_: Translator, typed: str, campaign_id: int, way: Way) -> Screen:
    """Answer what is not a rate."""
    text = _(
        "“{typed}” is not a rate I understand. Type a number and a period, "
        "like 20/min, 2/s or 500/h.",
        typed=typed[:40],
    )
    return Screen(text, ((back(_, OpenStep(way, campaign_id, Step.RATE)),),))


def modes(_: Translator, choices: Choices, way: Way) -> Screen:
    """Choose whether people are written to."""
    text = "\n".join(
        [
            _("In earnest?"),
            _.plural(
                "<b>Test</b>: the first {n} message, filled, to the account's own Saved Messages.",
                "<b>Test</b>: the first {n} messages, filled, to the account's own Saved Messages.",
                TEST_MESSAGES,
            ),
            _("<b>Dry run</b>: the whole path, but nobody is written to."),
            _("<b>Live</b>: people get the message."),
        ]
    )
    draft = choices.campaign.id
    row = tuple(Key(mode(_, one).capitalize(), ChooseMode(way, draft, one)) for one in Mode)
    return _step(_, choices, way, Step.MODE, text, [row])


def hours(_: Translator, choices: Choices, _way: Way) -> Screen:
    """Choose when and how often people may be written to; each choice is shown at once."""
    campaign, often = choices.campaign, choices.campaign.frequency_hours is not None
    night = _(
        "Quiet {since}–{until}",
        since=f"{QUIET_NIGHT.since:%H:%M}",
        until=f"{QUIET_NIGHT.until:%H:%M}",
    )
    day = _("Once in {n} h", n=FREQUENCY_HOURS)
    rows = [
        _either(campaign.quiet_hours is not None, night, _("Any hour"), SetQuietHours, campaign.id),
        _either(often, day, _("However often"), SetFrequency, campaign.id),
    ]
    if often:
        skips, they_wait = campaign.frequency_skips, _("They wait")
        rows.append(_either(skips, _("Left out"), they_wait, SetFrequencySkips, campaign.id))
    text = _(
        "When may people be written to? Quiet hours are those of {zone}: the campaign pauses and "
        "goes on by itself. And how often: who got another campaign's message within {n} hours "
        "gets this one when that time is over, or never, as you choose.",
        zone=campaign.zone,
        n=FREQUENCY_HOURS,
    )
    return _step(_, choices, Way.REVIEW, Step.HOURS, text, rows)


def _either(
    first: bool, one: str, other: str, press: Callable[[int, bool], Press], campaign_id: int
) -> tuple[Key, ...]:
    """Return the keys of two choices, of which the first one holds or the other."""
    return (
        Key(f"{_tick(first)} {one}", press(campaign_id, True)),
        Key(f"{_tick(not first)} {other}", press(campaign_id, False)),
    )


def _tick(chosen: bool) -> str:
    return "✓" if chosen else "○"


def _turns(_: Translator, choices: Choices, way: Way, step: Step, page: Page[T]) -> list[Key]:
    campaign_id = choices.campaign.id
    return [*turns(_, page, lambda offset: OpenStep(way, campaign_id, step, offset))]


def _next(_: Translator, choices: Choices, way: Way, step: Step) -> Key:
    campaign_id, following = choices.campaign.id, after(step, way)
    onward = OpenStep(way, campaign_id, following) if following else OpenReview(campaign_id)
    return Key(_("Next ›"), onward)


def _step(
    _: Translator,
    choices: Choices,
    way: Way,
    step: Step,
    text: str,
    rows: Sequence[tuple[Key, ...]],
    onward: Sequence[Key] = (),
) -> Screen:
    """Frame a step: the campaign's name above, the way back and onward below."""
    campaign = choices.campaign
    if way is Way.REVIEW:
        way_back = back(_, OpenReview(campaign.id))
    elif step is FIRST_STEP:
        way_back = back(_, OpenCampaigns())
    else:
        way_back = back(_, OpenStep(way, campaign.id, ORDER[ORDER.index(step) - 1]))
    return Screen(f"<b>{named(campaign.name)}</b>\n{text}", (*rows, (way_back, *onward)))


SCREENS: dict[Step, Callable[[Translator, Choices, Way], Screen]] = {
    Step.LISTS: lists,
    Step.TEMPLATE: template,
    Step.ACCOUNT: account,
    Step.RATE: rates,
    Step.MODE: modes,
    Step.HOURS: hours,
}
