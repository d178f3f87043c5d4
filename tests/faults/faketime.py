"""Lies about the time of day, told to a program by libfaketime."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.programs import missing


def clock_off_by(offset: timedelta) -> dict[str, str]:
    """What to add to a program's environment; its monotonic clock stays right.

    Without the library the test is skipped, or fails in CI.
    """
    for found in Path("/usr/lib").glob("*/faketime/libfaketime.so.1"):
        return {
            "LD_PRELOAD": str(found),
            "FAKETIME": f"{offset.total_seconds():+.3f}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
    return missing(
        "NO WRONG CLOCK IS TESTED: there is no faketime; `make clocks` installs it as root."
    )
