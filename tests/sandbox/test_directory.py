"""The index of people: names are of one person at a time, and can be given away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.world import PersonRecord, World

ANNA, BORIS = 101, 102


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.add(PersonRecord(ANNA, "Anna", username="anna", phone="12025550101"))
    world.add(PersonRecord(BORIS, "Boris", username="boris"))
    return world


def test_a_taken_name_is_refused_and_changes_nothing(world: World) -> None:
    anna, boris = world.people[ANNA], world.people[BORIS]
    world.open_chat("channel", "News", ANNA, username="the_news")
    taken: list[dict[str, Any]] = [
        {"username": "Anna"},
        {"username": "THE_NEWS"},
        {"phone": "12025550101"},
    ]
    for wrong in taken:
        with pytest.raises(ValueError, match="is taken"):
            world.rename(boris, **wrong)
        with pytest.raises(ValueError, match="is taken"):
            world.add(PersonRecord(103, "Clara", **wrong))
    assert (boris.username, boris.phone) == ("boris", None)
    assert world.by_username("anna") is world.by_phone("12025550101") is anna
    assert world.by_username("boris") is boris
    assert 103 not in world.people
    world.rename(anna, username="anna")  # one's own name is free


def test_a_name_changes_hands(world: World) -> None:
    anna, boris = world.people[ANNA], world.people[BORIS]
    world.hand_over("phone", anna, boris)
    world.hand_over("username", anna, boris)
    assert (anna.username, anna.phone, boris.username, boris.phone) == (
        *(None, None),
        *("anna", "12025550101"),
    )
    assert world.by_username("anna") is world.by_phone("12025550101") is boris
    assert world.by_username("boris") is None
    with pytest.raises(ValueError, match="Anna has no username"):
        world.hand_over("username", anna, boris)


def test_a_deleted_account_gives_up_its_names(world: World) -> None:
    world.people[ANNA].deleted = True
    world.rename(world.people[BORIS], username="anna", phone="12025550101")
    assert world.by_username("anna") is world.people[BORIS]
