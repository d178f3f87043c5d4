"""The stop list as the admin sees it, the closing line, and the question about unclear words."""

from __future__ import annotations

from bot.ui.formatting import masked, plain
from bot.ui.i18n import Words
from bot.ui.screen import Key, Screen, back, home, key
from db.models.admin import Admin, Right
from db.models.opt_out import CLOSING_LINES, FEWEST_IN_LINE, MOST_IN_LINE
from db.models.reply import UnclearReply

NOUN = "o"
SHOWN_OF_WORDS = 600


def stop_list(_: Words, admin: Admin, size: int, line: str | None) -> Screen:
    """What it is, how long it is, how somebody gets onto it. `line` None: our own words."""
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
    change = (key(_("Change the line"), NOUN, 0, "ask_line"),)
    rows = (change,) if admin.may(Right.ACCOUNTS) else ()
    return Screen("\n".join(lines), (*rows, (home(_),)))


def ask_line(_: Words, line: str | None) -> Screen:
    text = _(
        "Type the line that ends every message to a person: {fewest} to {most} characters, and in "
        "it a word that people can answer with, like STOP or СТОП. It cannot be taken away.",
        fewest=FEWEST_IN_LINE,
        most=MOST_IN_LINE,
    )
    own = (key(_("Back to the first words"), NOUN, 0, "own_line"),)
    rows: tuple[tuple[Key, ...], ...] = (own,) if line else ()
    return Screen(text, (*rows, (back(_, NOUN, 0, "show"),)))


def line_refused(_: Words) -> Screen:
    text = _(
        "That cannot be the line: I need {fewest} to {most} characters on one line, with a word "
        "in it that works as an answer, like STOP or СТОП. Type it again.",
        fewest=FEWEST_IN_LINE,
        most=MOST_IN_LINE,
    )
    return Screen(text, ((back(_, NOUN, 0, "show"),),))


def barred(_: Words, name: str, *, already: bool) -> Screen:
    text = (
        _("{name} was on the stop list already.", name=name)
        if already
        else _("{name} is on the stop list now and gets nothing more.", name=name)
    )
    return Screen(text)


def not_understood(_: Words, typed: str) -> Screen:
    text = _(
        "“{typed}” is neither a phone number nor a username, so nobody was barred. Write it like "
        "<code>/optout +7 999 123-45-67</code> or <code>/optout @name</code>.",
        typed=typed[:60],
    )
    return Screen(text)


def question(_: Words, reply: UnclearReply) -> Screen:
    """Somebody wrote something that may be an opt-out: a person decides."""
    text = "\n".join(
        [
            _said(_, reply),
            _("Does this mean they do not want messages? Until you say, nobody writes to them."),
        ]
    )
    stop = key(_("Yes, stop"), NOUN, reply.id, "stop", style="danger")
    return Screen(text, ((stop, key(_("No, go on"), NOUN, reply.id, "go_on")),))


def decided(_: Words, reply: UnclearReply) -> Screen:
    """The same message once somebody has said what it means."""
    outcome = (
        _("They are on the stop list and get nothing more.")
        if reply.stops
        else _("They go on getting messages.")
    )
    return Screen(f"{_said(_, reply)}\n{outcome}")


def decided_before(_: Words) -> str:
    return _("This was decided before.")


def _said(_: Words, reply: UnclearReply) -> str:
    return _("<b>{name}</b> wrote: “{words}”", name=who(reply), words=reply.text[:SHOWN_OF_WORDS])


def who(reply: UnclearReply) -> str:
    """What an admin knows the person by; phones stay masked."""
    if reply.name:
        return reply.name
    if reply.username:
        return f"@{reply.username}"
    return masked(reply.phone) if reply.phone else str(reply.peer_id)
