"""The table of long tests names tests that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.order import SECONDS, seconds

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("place", SECONDS)
def test_a_place_of_the_table_exists(place: str) -> None:
    path, _, name = place.partition("::")
    assert (ROOT / path).exists()
    assert not name or f"def {name}" in (ROOT / path).read_text("utf-8")


def test_the_closest_place_counts() -> None:
    assert seconds("tests/journeys/test_kills.py::test_twenty") == 70
    assert seconds("tests/journeys/test_troubles.py::test_a_block") == 25
    assert seconds("tests/db/test_claims.py::test_a_claim") == 0
