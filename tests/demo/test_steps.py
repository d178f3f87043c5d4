"""The guide goes on when the conversation shows that a step is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.sample import ADMIN_ID, BOT_ID, make_sample
from demo.steps import guided_path
from sandbox.web.guide import Guide
from sandbox.world import PersonRecord, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.add(PersonRecord(BOT_ID, "Campaign desk", is_bot=True))
    world.add(PersonRecord(ADMIN_ID, "Anna"))
    return world


@pytest.mark.parametrize(
    ("list_saved", "message_saved"),
    [
        ("clients_may is saved: 190 people.", "Weekend is saved."),
        ("Сохранено: clients_may, 190 человек.", "Сохранено: Выходные."),
    ],
)
async def test_the_guide_leaves_each_step_when_the_conversation_shows_it_done(
    world: World, list_saved: str, message_saved: str
) -> None:
    guide = Guide(guided_path(make_sample(), world))
    assert guide.look() == 0
    await world.send(ADMIN_ID, BOT_ID, text="/start")
    assert guide.look() == 1
    await world.send(BOT_ID, ADMIN_ID, text=list_saved)
    assert guide.look() == 2
    await world.send(BOT_ID, ADMIN_ID, text=message_saved)
    assert guide.look() == 3
    await world.send(BOT_ID, ADMIN_ID, text="Weekend\n● running\n▰▱▱▱▱▱▱▱▱▱ 9%")
    assert guide.look() == 4
    behind = Guide(guided_path(make_sample(), world))
    assert behind.look() == 4, "a page that is opened later begins where the conversation is"
    report = world.new_media("document", b"row", file_name="campaign-1.csv", mime_type="text/csv")
    await world.send(BOT_ID, ADMIN_ID, media=report)
    assert guide.look() == 5


async def test_the_guide_goes_past_a_step_that_was_skipped(world: World) -> None:
    guide = Guide(guided_path(make_sample(), world))
    await world.send(BOT_ID, ADMIN_ID, text="clients_may is saved: 190 people.")
    assert guide.look() == 2
