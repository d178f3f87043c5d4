"""The stop list as the admin sees it, the closing line, the question about an unclear reply."""

from __future__ import annotations

from bot.opt_outs.intake.readings import Fault, NotUnderstood, Number
from bot.opt_outs.presses import (
    AskLine,
    BarPhone,
    BarUser,
    GoOnWriting,
    OpenStopList,
    StopWriting,
    UseDefaultLine,
)
from bot.opt_outs.view_model import Barred, Outcome
from bot.ui.formatting import masked, plain, short
from bot.ui.i18n import Translator
from bot.ui.screen import Key, Screen, back, home
from db.models.admin import Admin, Right
from db.models.opt_out import CLOSING_LINES, FEWEST_IN_LINE, MOST_IN_LINE
from db.models.person import ListedPerson
from db.models.reply import UnclearReply

SHOWN_OF_WORDS = 600  # characters
MOST_QUESTIONS = 5  # about digits alone, after one /optout
MOST_FAULTS, MOST_BARRED = 10, 20  # lines of one answer


def stop_list(_: Translator, admin: Admin, size: int, line: str | None) -> Screen:
    """Say what the list is, how long it is and how to add to it. `line` None: the default lines."""
    lines = [
        _("<b>Stop list</b>"),
        _.plural("{n} identity is barred.", "{n} identities are barred.", size)
        if size
        else _("Nobody is on it yet."),
        "",
        _(
            "Who is on it gets nothing from any campaign, whatever list they are in. People who "
            "answer STOP or block the account get here by themselves."
        ),
        _(
            "To bar somebody: <code>/optout +7 999 123-45-67</code> or <code>/optout @name</code>, "
            "a t.me link or an id; several on lines of their own."
        ),
        "",
        _("Every message to a person ends with:"),
        *(f"<i>{plain(one)}</i>" for one in ([line] if line else CLOSING_LINES.values())),
    ]
    change = (Key(_("Change the line"), AskLine()),)
    rows = (change,) if admin.may(Right.ACCOUNTS) else ()
    return Screen("\n".join(lines), (*rows, (home(_),)))


def ask_line(_: Translator, line: str | None) -> Screen:
    """Ask for another closing line; `line` is the present one, None for the default lines."""
    text = _(
        "Type the line that ends every message to a person: {fewest} to {most} characters, and in "
        "it a word that people can answer with, like STOP or СТОП. It cannot be taken away.",
        fewest=FEWEST_IN_LINE,
        most=MOST_IN_LINE,
    )
    own = (Key(_("Back to the first words"), UseDefaultLine()),)
    rows: tuple[tuple[Key, ...], ...] = (own,) if line else ()
    return Screen(text, (*rows, (back(_, OpenStopList()),)))


def line_refused(_: Translator) -> Screen:
    """Answer a line that is too short, too long or without a word to answer with."""
    text = _(
        "That cannot be the line: I need {fewest} to {most} characters on one line, with a word "
        "in it that works as an answer, like STOP or СТОП. Type it again.",
        fewest=FEWEST_IN_LINE,
        most=MOST_IN_LINE,
    )
    return Screen(text, ((back(_, OpenStopList()),),))


def barred(_: Translator, outcome: Outcome) -> Screen:
    """Say whom /optout understood and what happens to each; first what it did not understand."""
    asked = outcome.to_ask[MOST_QUESTIONS:]
    not_understood = [
        *(_fault(_, one) for one in outcome.not_understood),
        *(_fault(_, NotUnderstood(number.text, Fault.BOTH)) for number in asked),
    ]
    lines = _cut(_, not_understood, MOST_FAULTS)
    if lines:
        lines += [
            _("Of these, nobody was barred. <code>/optout</code> takes +7 999 123-45-67, @name, "
              "a t.me link or an id; several on lines of their own."),
            "",
        ]  # fmt: skip
    told = [line for one in outcome.barred for line in _barred_lines(_, one)]
    return Screen("\n".join([*lines, *_cut(_, list(dict.fromkeys(told)), MOST_BARRED)]).strip())


def _cut(_: Translator, lines: list[str], most: int) -> list[str]:
    if (rest := len(lines) - most) <= 0:
        return lines
    return [
        *lines[:most],
        _.plural("… and {n} more like these.", "… and {n} more like these.", rest),
    ]


def _barred_lines(_: Translator, one: Barred) -> list[str]:
    """Return a line for each person who carries the name; one for a name that is in no list."""
    if one.people:
        return [_barred_line(_, one, person) for person in one.people]
    name = _names(one.identity.username, one.identity.phone, one.identity.user_id)[0]
    if one.already:
        return [_("{who}: already on the stop list.", who=name)]
    if one.identity.user_id is None:
        return [_("{who}: not in any list. Barred by this name.", who=name)]
    return [
        _("{who}: not in any list. Barred by this id. For a phone, write all its digits and a +.",
          who=name)
    ]  # fmt: skip


def _barred_line(_: Translator, one: Barred, person: ListedPerson) -> str:
    given = one.identity
    names = _names(
        given.username or person.username,
        given.phone or person.phone,
        person.user_id if given.user_id is not None or not person.name else None,
    )
    if person.name:
        rest = f" ({', '.join(names)})" if names else ""
        who = f"{short(person.name)}{rest}"
    else:
        who = f"{names[0]} ({', '.join(names[1:])})" if names[1:] else names[0]
    if one.already:
        return _("{who}: already on the stop list.", who=who)
    if not person.lists:
        return _("{who}, in no list: now on the stop list.", who=who)
    return _.plural(
        "{who}, in {n} list: now on the stop list.",
        "{who}, in {n} lists: now on the stop list.",
        person.lists,
        who=who,
    )


def _names(username: str | None, phone: str | None, user_id: int | None) -> list[str]:
    """Return these names as they are shown: phones are masked."""
    names = [f"@{username}"] if username else []
    if phone:
        names.append(masked(phone))
    return names if user_id is None else [*names, f"id {user_id}"]


def phone_or_id(_: Translator, number: Number) -> Screen:
    """Ask what digits alone are, which may be a phone and a Telegram id."""
    text = _(
        "Is {number} a phone number or a Telegram id? Nobody was barred by it yet.",
        number=number.text,
    )
    phone = Key(_("The phone {number}", number=number.text), BarPhone(int(number.text)))
    user = Key(_("The id {number}", number=number.text), BarUser(int(number.text)))
    return Screen(text, ((phone,), (user,)))


def _fault(_: Translator, one: NotUnderstood) -> str:
    typed = short(one.text, 40)
    return {
        Fault.NOT_UNDERSTOOD: _("“{typed}” is no phone number, username, link or id.", typed=typed),
        Fault.MAYBE_USERNAME: _("“{typed}”: if this is a username, write @{typed}.", typed=typed),
        Fault.NOT_A_USERNAME: _(
            "“{typed}” is no username: those have 4 to 32 letters a–z, digits or _, and begin with "
            "a letter.",
            typed=typed,
        ),
        Fault.TOO_SHORT: _("“{typed}” has too few digits for a phone number.", typed=typed),
        Fault.TOO_LONG: _("“{typed}” has too many digits for a phone number.", typed=typed),
        Fault.TWO_NUMBERS: _("“{typed}” is more than one number: a comma between.", typed=typed),
        Fault.NO_SUCH_NUMBER: _(
            "“{typed}”: there are no such phone numbers. Write it with + and the country.",
            typed=typed,
        ),
        Fault.NOT_A_PERSON: _("“{typed}” is no link to a person at Telegram.", typed=typed),
        Fault.INVITATION: _(
            "“{typed}” invites to a group or channel, it is no person.", typed=typed
        ),
        Fault.GROUP: _("“{typed}” is a group or channel, no person.", typed=typed),
        Fault.BOTH: _(
            "“{typed}” may be a phone or an id: write +{typed} or id {typed}.", typed=typed
        ),
    }[one.fault]


def question(_: Translator, reply: UnclearReply) -> Screen:
    """Ask an admin whether a reply is an opt-out."""
    text = "\n".join(
        [
            _said(_, reply),
            _("Does this mean they do not want messages? Until you say, nobody writes to them."),
        ]
    )
    stop = Key(_("Yes, stop"), StopWriting(reply.id), "danger")
    return Screen(text, ((stop, Key(_("No, go on"), GoOnWriting(reply.id))),))


def decided(_: Translator, reply: UnclearReply) -> Screen:
    """Show what was decided, in place of the question."""
    outcome = (
        _("They are on the stop list and get nothing more.")
        if reply.stops
        else _("They go on getting messages.")
    )
    return Screen(f"{_said(_, reply)}\n{outcome}")


def decided_before(_: Translator) -> str:
    """Return the toast for an answer that came second."""
    return _("This was decided before.")


def _said(_: Translator, reply: UnclearReply) -> str:
    return _(
        "<b>{name}</b> wrote: “{words}”", name=who(reply), words=short(reply.text, SHOWN_OF_WORDS)
    )


def who(reply: UnclearReply) -> str:
    """Return what the lists call the person; phones are masked."""
    if reply.name:
        return reply.name
    if reply.username:
        return f"@{reply.username}"
    return masked(reply.phone) if reply.phone else str(reply.peer_id)
