"""The stop list as the admin sees it."""

from __future__ import annotations

from bot.screens.screen import Screen, home
from bot.words import Words


def stop_list(_: Words, size: int) -> Screen:
    """What it is, how long it is, how somebody gets onto it."""
    lines = [
        _("<b>Stop list</b>"),
        _.plural("{n} identity is barred.", "{n} identities are barred.", size)
        if size
        else _("Nobody is on it yet."),
        "",
        _(
            "Who is on it gets nothing from any campaign, whatever list they are in. People who "
            "block the account get here by themselves."
        ),
        _("To bar somebody: <code>/optout +7 999 123-45-67</code> or <code>/optout @name</code>"),
    ]
    return Screen("\n".join(lines), ((home(_),),))


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
