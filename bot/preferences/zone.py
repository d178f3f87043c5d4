"""A time zone as people type it: "Europe/Moscow", "москва", "New York", "+3", "UTC+03:00"."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

_SHIFT = re.compile(r"(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?00)?", re.IGNORECASE)
_FARTHEST_EAST, _FARTHEST_WEST = 14, 12


def parse_zone(typed: str) -> str | None:
    """Return the zone's IANA name; None when it is not known."""
    typed = " ".join(typed.split())
    if match := _SHIFT.fullmatch(typed):
        return _fixed(match[1], int(match[2]))
    return _names().get(_plain(typed))


def _fixed(sign: str, hours: int) -> str | None:
    """Return the zone of a shift of whole hours; None beyond UTC-12 and UTC+14.

    The Etc names have the POSIX sign: Etc/GMT-3 is three hours ahead of UTC (tz database).
    """
    if hours == 0:
        return "UTC"
    if sign == "+":
        return f"Etc/GMT-{hours}" if hours <= _FARTHEST_EAST else None
    return f"Etc/GMT+{hours}" if hours <= _FARTHEST_WEST else None


@cache
def _names() -> dict[str, str]:
    """Map each way to write a zone to its name: the whole name, its city in English and Russian."""
    known = available_timezones()
    names = {_plain(zone.rpartition("/")[2]): zone for zone in known if not zone.startswith("Etc/")}
    for language in ("en", "ru"):
        for zone, about in Locale(language).time_zones.items():
            if zone in known and "city" in about:
                names[_plain(about["city"])] = zone
    names |= {"санкт петербург": "Europe/Moscow", "питер": "Europe/Moscow", "мск": "Europe/Moscow"}
    return names | {_plain(zone): zone for zone in known}


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.casefold().replace("ё", "е")).strip()
