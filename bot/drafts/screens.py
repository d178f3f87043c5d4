"""The steps of building a campaign, each a screen with buttons.

`way` is the noun of the buttons and says where a choice leads: ON to the next step (the first
time through) or BACK to the review.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.ui.formatting import account_state, mode, plain, rate, short
from bot.ui.i18n import Words
from bot.ui.screen import Key, Screen, key
from db.models.campaign import FREQUENCY_HOURS, QUIET_NIGHT, Mode
from db.models.draft import SHOWN, TEST_MESSAGES, Choices
from db.models.rate import Rate

ON, BACK = "b", "e"
STEPS = ("lists", "template", "account", "rate", "mode", "review")
RATES = (Rate(20, 60), Rate(60, 60), Rate(2, 1), Rate(10, 1))


def after(step: str, way: str) -> str:
    """The step that a choice made in `step` leads to."""
    return STEPS[STEPS.index(step) + 1] if way == ON else "review"


def ask_name(_: Words) -> Screen:
    text = _("<b>New campaign</b>\nWhat shall we call it? People who get the message never see it.")
    return Screen(text, ((key(_("✕ Cancel"), "home", 0, "cancel"),),))


def name_refused(_: Words, longest: int) -> Screen:
    """For a name that is empty or too long."""
    text = _("A name has 1 to {n} characters, on one line. Type another.", n=longest)
    return Screen(text, ((key(_("✕ Cancel"), "home", 0, "cancel"),),))


def lists(_: Words, choices: Choices, way: str) -> Screen:
    campaign_id = choices.campaign.id
    if not choices.contact_lists:
        text = _("There is no contact list yet. Send me a CSV, JSONL or TXT file, then come back.")
        return _step(_, choices, way, "lists", text, [])
    rows = []
    for found in choices.contact_lists[:SHOWN]:
        chosen = found.id in choices.chosen_lists
        label = f"{'✓' if chosen else '○'} {short(found.name)} · {_.number(found.size)}"
        argument = f"{found.id}.{choices.offset}"
        rows.append((key(label, way, campaign_id, "drop" if chosen else "put", argument),))
    text = _("Who gets it? Choose one list or several; who is in two of them gets it once.")
    onward = _turn(_, choices, way, "lists", len(choices.contact_lists))
    if choices.chosen_lists:
        onward.append(key(_("Next ›"), way, campaign_id, "step", after("lists", way)))
    return _step(_, choices, way, "lists", text, rows, onward)


def template(_: Words, choices: Choices, way: str) -> Screen:
    rows = [
        (key(short(found.name), way, choices.campaign.id, "template", str(found.id)),)
        for found in choices.templates[:SHOWN]
    ]
    text = _("Which message?") if rows else _("There is no message yet. Make one in /templates.")
    turn = _turn(_, choices, way, "template", len(choices.templates))
    return _step(_, choices, way, "template", text, rows, turn)


def _turn(_: Words, choices: Choices, way: str, step: str, found: int) -> list[Key]:
    """The pages before and after this one."""
    keys, offset = [], choices.offset
    if offset:
        newer = f"{step}.{max(0, offset - SHOWN)}"
        keys.append(key(_("‹ Newer"), way, choices.campaign.id, "step", newer))
    if found > SHOWN:
        older = f"{step}.{offset + SHOWN}"
        keys.append(key(_("Older ›"), way, choices.campaign.id, "step", older))
    return keys


def account(_: Words, choices: Choices, way: str) -> Screen:
    """Of several accounts any number can be chosen; a single one is chosen with a tap."""
    campaign_id, first = choices.campaign.id, choices.offset
    found = choices.accounts[first : first + SHOWN]
    lines = [f"{plain(one.name)}: {account_state(_, one, choices.now)}" for one in found]
    if not found:
        text = _("No account is connected yet: /accounts says how.")
        return _step(_, choices, way, "account", text, [])
    if len(choices.accounts) == 1:
        rows = [(key(short(found[0].name), way, campaign_id, "account", str(found[0].id)),)]
        text = "\n".join([_("Which account sends it?"), *lines])
        return _step(_, choices, way, "account", text, rows)
    rows = []
    for one in found:
        chosen = one.id in choices.chosen_accounts
        label = f"{'✓' if chosen else '○'} {short(one.name)}"
        argument = f"{one.id}.{first}"
        rows.append((key(label, way, campaign_id, "without" if chosen else "with", argument),))
    ask = _(
        "Which accounts send it? Choose one or several: whoever talks with somebody already goes "
        "on, the others share the rest."
    )
    onward = _turn(_, choices, way, "account", len(choices.accounts) - first)
    if choices.chosen_accounts:
        onward.append(key(_("Next ›"), way, campaign_id, "step", after("account", way)))
    return _step(_, choices, way, "account", "\n".join([ask, *lines]), rows, onward)


def rates(_: Words, choices: Choices, way: str) -> Screen:
    campaign_id = choices.campaign.id
    keys = [
        key(rate(_, found), way, campaign_id, "rate", f"{found.count}/{found.seconds}")
        for found in RATES
    ]
    other = key(_("Other…"), way, campaign_id, "other_rate")
    text = _(
        "How fast? It is {rate} now. Never faster than this, restarts included. "
        "Slower is safer for the account.",
        rate=rate(_, choices.campaign.rate),
    )
    last = [other]
    if way == BACK:  # the first time through, the night is quiet without a question
        last.append(key(_("Hours…"), way, campaign_id, "step", "hours"))
    return _step(_, choices, way, "rate", text, [tuple(keys[:2]), tuple(keys[2:]), tuple(last)])


def ask_rate(_: Words, campaign_id: int, way: str) -> Screen:
    text = _("Type the rate: a number per second, minute or hour, like 20/min, 2/s or 500/h.")
    return Screen(text, ((key(_("‹ Back"), way, campaign_id, "step", "rate"),),))


def rate_refused(_: Words, typed: str, campaign_id: int, way: str) -> Screen:
    text = _(
        "“{typed}” is not a rate I understand. Type a number and a period, "
        "like 20/min, 2/s or 500/h.",
        typed=typed[:40],
    )
    return Screen(text, ((key(_("‹ Back"), way, campaign_id, "step", "rate"),),))


def modes(_: Words, choices: Choices, way: str) -> Screen:
    campaign_id = choices.campaign.id
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
    row = tuple(key(mode(_, found).capitalize(), way, campaign_id, "mode", found) for found in Mode)
    return _step(_, choices, way, "mode", text, [row])


def hours(_: Words, choices: Choices, way: str) -> Screen:
    """When and how often people may be written to; each choice is shown at once."""
    campaign = choices.campaign
    quiet, often = campaign.quiet_hours, campaign.frequency_hours

    def choice(label: str, act: str, argument: str, chosen: bool) -> Key:
        return key(f"{'✓' if chosen else '○'} {label}", way, campaign.id, act, argument)

    night = _(
        "Quiet {since}–{until}",
        since=f"{QUIET_NIGHT.since:%H:%M}",
        until=f"{QUIET_NIGHT.until:%H:%M}",
    )
    day = _("Once in {n} h", n=FREQUENCY_HOURS)
    rows = [
        (
            choice(night, "quiet", "on", quiet is not None),
            choice(_("Any hour"), "quiet", "off", quiet is None),
        ),
        (
            choice(day, "often", "on", often is not None),
            choice(_("However often"), "often", "off", often is None),
        ),
    ]
    text = _(
        "When may people be written to? Quiet hours are those of {zone}: the campaign pauses and "
        "goes on by itself. And how often: who got another campaign's message within {n} hours is "
        "left out.",
        zone=campaign.zone,
        n=FREQUENCY_HOURS,
    )
    return _step(_, choices, BACK, "hours", text, rows)


def _step(
    _: Words,
    choices: Choices,
    way: str,
    step: str,
    text: str,
    rows: Sequence[tuple[Key, ...]],
    onward: Sequence[Key] = (),
) -> Screen:
    """The frame of every step: the campaign's name above, the way back and onward below."""
    campaign = choices.campaign
    if way == BACK:
        way_back = key(_("‹ Back"), way, campaign.id, "step", "review")
    elif step == STEPS[0]:
        way_back = key(_("‹ Back"), "c", 0, "page")
    else:
        way_back = key(_("‹ Back"), way, campaign.id, "step", STEPS[STEPS.index(step) - 1])
    return Screen(f"<b>{plain(campaign.name)}</b>\n{text}", (*rows, (way_back, *onward)))


SCREENS: dict[str, Callable[[Words, Choices, str], Screen]] = {
    "lists": lists,
    "template": template,
    "account": account,
    "rate": rates,
    "mode": modes,
    "hours": hours,
}
