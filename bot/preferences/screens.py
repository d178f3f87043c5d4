"""The admin's own settings: language and time zone."""

from __future__ import annotations

from datetime import datetime

from bot.preferences.presses import ChooseZone
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenSettings, OpenZones
from bot.ui.screen import Key, Screen, back, home, other_language

ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Asia/Yekaterinburg",
    "Asia/Novosibirsk",
    "Europe/London",
    "Europe/Berlin",
)


def settings(_: Translator, now: datetime) -> Screen:
    """Show the reader's language and zone, with the time in that zone."""
    text = _(
        "<b>Settings</b>\nLanguage: English\nTime zone: {zone}, it is {time} there",
        zone=_.zone.key,
        time=_.clock(now),
    )
    keys = (
        (other_language(_),),
        (Key(_("Time zone"), OpenZones()),),
        (home(_),),
    )
    return Screen(text, keys)


def zones(_: Translator) -> Screen:
    """Ask for the time zone: a common one is pressed, any other is typed."""
    question = _("Which time zone are you in? Press one, or type your city or a shift like +3.")
    why = _("I show every time in it.")
    rows = [
        tuple(Key(_city(zone), ChooseZone(zone)) for zone in ZONES[i : i + 2])
        for i in range(0, len(ZONES), 2)
    ]
    return Screen(f"{question} {why}", (*rows, (back(_, OpenSettings()),)))


def zone_unknown(_: Translator, typed: str) -> Screen:
    """Answer what is not a time zone."""
    return Screen(
        _(
            "I know no time zone “{typed}”. Type a big city (Moscow), an IANA name "
            "(Europe/Moscow) or a shift from UTC (+3, +5:30).",
            typed=typed[:40],
        ),
        ((back(_, OpenSettings()),),),
    )


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
