"""A time zone as people type it: "Europe/Moscow", "москва", "New York", "+3", "UTC+5:30", "МСК+2".

An abbreviation or a shift is understood where it has one meaning. "CST" has several, so its zones
are named by a city.
"""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

_SHIFT = re.compile(
    r"(?P<base>utc|gmt|msk|мск)?\s*(?P<sign>[+\-−–])\s*(?P<hours>\d{1,2})"
    r"(?::?(?P<minutes>[0-5]\d)|[.,](?P<part>5|50|75))?",
    re.IGNORECASE,
)
_PARTS = {"5": 30, "50": 30, "75": 45}
_FARTHEST_EAST, _FARTHEST_WEST = 14 * 60, -12 * 60
_MOSCOW = 3 * 60

# Zones that are at a shift of not whole hours all year (tz database); other such shifts are of
# zones with a summer time.
_UNEVEN = {
    -570: "Pacific/Marquesas",
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
}
_OTHER_NAMES = {
    "санкт петербург": "Europe/Moscow",
    "питер": "Europe/Moscow",
    "спб": "Europe/Moscow",
    "мск": "Europe/Moscow",
    "msk": "Europe/Moscow",
    "samt": "Europe/Samara",
    "yekt": "Asia/Yekaterinburg",
    "omst": "Asia/Omsk",
    "novt": "Asia/Novosibirsk",
    "krat": "Asia/Krasnoyarsk",
    "irkt": "Asia/Irkutsk",
    "yakt": "Asia/Yakutsk",
    "vlat": "Asia/Vladivostok",
    "magt": "Asia/Magadan",
    "pett": "Asia/Kamchatka",
}


def parse_zone(typed: str) -> str | None:
    """Return the zone's IANA name; None when it is not known."""
    typed = " ".join(typed.split())
    if shift := _SHIFT.fullmatch(typed):
        minutes = int(shift["hours"]) * 60 + (
            _PARTS[shift["part"]] if shift["part"] else int(shift["minutes"] or 0)
        )
        base = _MOSCOW if (shift["base"] or "").casefold() in ("msk", "мск") else 0
        return _fixed(base + (minutes if shift["sign"] == "+" else -minutes))
    return _names().get(_plain(typed))


def _fixed(minutes: int) -> str | None:
    """Return the zone of a shift; None beyond UTC-12 and UTC+14, and where several have it.

    The Etc names have the POSIX sign: Etc/GMT-3 is three hours ahead of UTC (tz database).
    """
    if not _FARTHEST_WEST <= minutes <= _FARTHEST_EAST:
        return None
    if minutes % 60:
        return _UNEVEN.get(minutes)
    return f"Etc/GMT{-minutes // 60:+}" if minutes else "UTC"


@cache
def _names() -> dict[str, str]:
    """Map each way to write a zone to its name: the whole name, its city in English and Russian."""
    known = available_timezones()
    names = {_plain(zone.rpartition("/")[2]): zone for zone in known if not zone.startswith("Etc/")}
    for language in ("en", "ru"):
        for zone, about in Locale(language).time_zones.items():
            if zone in known and "city" in about:
                names[_plain(about["city"])] = zone
    return names | _OTHER_NAMES | {_plain(zone): zone for zone in known}


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.casefold().replace("ё", "е")).strip()
