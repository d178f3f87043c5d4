"""The admin's own settings: language and time zone."""

from __future__ import annotations

from datetime import datetime

from bot.ui.i18n import Words
from bot.ui.screen import Key, Screen, back, home, key

ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Asia/Yekaterinburg",
    "Asia/Novosibirsk",
    "Europe/London",
    "Europe/Berlin",
)


def settings(_: Words, now: datetime) -> Screen:
    text = _(
        "<b>Settings</b>\nLanguage: English\nTime zone: {zone}, it is {time} there",
        zone=_.zone.key,
        time=_.clock(now),
    )
    keys = (
        (other_language(_),),
        (key(_("Time zone"), "home", 0, "zones"),),
        (home(_),),
    )
    return Screen(text, keys)


def other_language(_: Words) -> Key:
    """Named in itself: whoever needs it can read it."""
    other, name = ("ru", "Русский") if _.language == "en" else ("en", "English")
    return key(name, "home", 0, "language", other)


def zones(_: Words) -> Screen:
    """Common zones to press; any other may be typed."""
    question = _("Which time zone are you in? Press one, or type your city or a shift like +3.")
    why = _("I show every time in it.")
    rows = [
        tuple(key(_city(zone), "home", 0, "zone", zone) for zone in ZONES[i : i + 2])
        for i in range(0, len(ZONES), 2)
    ]
    return Screen(f"{question} {why}", (*rows, (back(_, "home", 0, "settings"),)))


def zone_unknown(_: Words, typed: str) -> Screen:
    return Screen(
        _(
            "I know no time zone “{typed}”. Type a big city (Moscow), an IANA name "
            "(Europe/Moscow) or a shift of whole hours (+3).",
            typed=typed[:40],
        ),
        ((back(_, "home", 0, "settings"),),),
    )


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
