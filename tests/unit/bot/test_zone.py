"""A time zone is understood as people type it, where that has one meaning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.zone import parse_zone


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("москва", "Europe/Moscow"),
        ("New York", "America/New_York"),
        ("+3", "Etc/GMT-3"),
        ("UTC-05:00", "Etc/GMT+5"),
        ("utc+0", "UTC"),
        ("+99", None),
        ("Atlantis", None),
        ("MSK", "Europe/Moscow"),
        ("МСК+2", "Etc/GMT-5"),
        ("msk-1", "Etc/GMT-2"),
        ("GMT+3", "Etc/GMT-3"),
        ("Etc/GMT+3", "Etc/GMT+3"),
        ("+0300", "Etc/GMT-3"),
        ("–3", "Etc/GMT+3"),
        ("+14", "Etc/GMT-14"),
        ("+14:30", None),
        ("-12", "Etc/GMT+12"),
        ("-13", None),
        ("МСК+12", None),
        ("+10:30", None),  # Lord Howe has a summer time, and no other zone is there
        ("+5:20", None),
        ("+3:61", None),
        ("CST", None),
        ("3", None),
        ("", None),
    ],
)
def test_a_time_zone_is_understood_as_people_type_it(typed: str, zone: str | None) -> None:
    assert parse_zone(typed) == zone


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("+5:30", 330),
        ("UTC+05:30", 330),
        ("+5.5", 330),
        ("+5,75", 345),
        ("+5:45", 345),
        ("+3:30", 210),
        ("+4:30", 270),
        ("gmt +0630", 390),
        ("+8:45", 525),
        ("+9:30", 570),
        ("-9:30", -570),
        ("МСК+2:30", 330),
        ("-1", -60),
    ],
)
def test_a_shift_holds_all_year(typed: str, minutes: int) -> None:
    zone = parse_zone(typed)
    assert zone is not None
    months = [datetime(2026, month, 15, tzinfo=UTC) for month in range(1, 13)]
    shifts = {moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in months}
    assert shifts == {timedelta(minutes=minutes)}
