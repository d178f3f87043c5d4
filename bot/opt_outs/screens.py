"""The stop list as the admin sees it, the closing line, the question about an unclear reply."""

from __future__ import annotations

from bot.opt_outs.presses import AskLine, GoOnWriting, OpenStopList, StopWriting, UseDefaultLine
from bot.ui.formatting import masked, plain, short
from bot.ui.i18n import Translator
from bot.ui.screen import Key, Screen, back, home
from db.models.admin import Admin, Right
from db.models.opt_out import CLOSING_LINES, FEWEST_IN_LINE, MOST_IN_LINE
from db.models.reply import UnclearReply

SHOWN_OF_WORDS = 600  # characters


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
        _("To bar somebody: <code>/optout +7 999 123-45-67</code> or <code>/optout @name</code>"),
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


def suppressed(_: Translator, name: str, *, already: bool) -> Screen:
    """Confirm /optout."""
    text = (
        _("{name} was on the stop list already.", name=name)
        if already
        else _("{name} is on the stop list now and gets nothing more.", name=name)
    )
    return Screen(text)


def not_understood(_: Translator, typed: str) -> Screen:
    """Answer an /optout with what is neither a phone nor a username."""
    text = _(
        "“{typed}” is neither a phone number nor a username, so nobody was barred. Write it like "
        "<code>/optout +7 999 123-45-67</code> or <code>/optout @name</code>.",
        typed=typed[:60],
    )
    return Screen(text)


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
