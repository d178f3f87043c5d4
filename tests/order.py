"""Which tests start first (the longest ones), and how many processes run them."""

from __future__ import annotations

import os

# Seconds that one test of these takes, about, alone on two cores. The closest place counts.
SECONDS = {
    "tests/journeys/test_kills.py": 70,
    "tests/faults/test_database.py::test_connections_cut": 65,
    "tests/faults/test_nights.py": 70,
    "tests/journeys/test_tour.py": 50,
    "tests/pooler/test_journey.py::test_a_whole_campaign": 50,
    "tests/demo/test_command.py::test_a_second_demo": 40,
    "tests/browser/test_tour.py": 35,
    "tests/journeys/": 25,
    "tests/browser/": 20,
    "tests/faults/": 15,
    "tests/pooler/test_journey.py": 15,
    "tests/sandbox/test_docs.py": 15,
    "tests/sender/engine/test_rate.py::test_processes": 15,
    "tests/sender/engine/test_processes.py": 10,
    "tests/sender/engine/test_death.py": 10,
    "tests/demo/test_command.py": 10,
    "tests/bot/test_lean_aiogram.py": 8,
    "tests/sender/": 3,
}


def seconds(nodeid: str) -> int:
    """Return about how long a test takes; 0 for one that is short."""
    return max(
        ((len(place), taken) for place, taken in SECONDS.items() if nodeid.startswith(place)),
        default=(0, 0),
    )[1]


def worker_count() -> int:
    """Return how many processes run tests side by side.

    Most of a long test is waiting, so three processes keep one core busy.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(3 * (cores or 1), 16)
