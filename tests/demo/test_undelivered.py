"""What the page calls lost is what the report's people should have got and did not."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from demo.undelivered import Debt, Owed
from sandbox.world import Message, PersonRecord, World

ADMIN, BOT, SENDER, IVAN, EMMA = 101, 7000000001, 102, 201, 202


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.add(PersonRecord(BOT, "Campaign desk", is_bot=True))
    world.add(PersonRecord(ADMIN, "Anna"))
    world.add(PersonRecord(SENDER, "Shop"))
    world.add(PersonRecord(IVAN, "Иван", phone="79990000201"))
    world.add(PersonRecord(EMMA, "Emma", username="emma"))
    return world


@pytest.fixture
def debt(world: World) -> Debt:
    return Debt(world, admin_id=ADMIN, bot_id=BOT, sender_id=SENDER)


async def report(world: World, *rows: tuple[str, str, int | str]) -> None:
    """The campaign has finished: (contact, status, id of the message)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "contact", "status", "reason", "time", "message id"])
    for number, (contact, status, message_id) in enumerate(rows, start=1):
        writer.writerow([number, contact, status, "", "", message_id])
    data = text.getvalue().encode("utf-8-sig")
    media = world.new_media("document", data, file_name="campaign-1.csv", mime_type="text/csv")
    await world.send(BOT, ADMIN, media=media)


async def greet(world: World, person: int) -> Message:
    return await world.send(SENDER, person, text="Hello", random_id=person)


async def test_before_a_report_nobody_knows_but_a_tour(world: World, debt: Debt) -> None:
    assert debt() is None
    of_a_tour = Debt(world, admin_id=ADMIN, bot_id=BOT, sender_id=SENDER, audience={IVAN, EMMA})
    assert of_a_tour() == Owed(2, over=False)
    await greet(world, IVAN)
    assert of_a_tour() == Owed(1, over=False)


async def test_nobody_is_lost_when_each_has_the_message_that_the_report_names(
    world: World, debt: Debt
) -> None:
    ivan, emma = await greet(world, IVAN), await greet(world, EMMA)
    await report(world, ("+79990000201", "sent", ivan.id), ("@emma", "sent", emma.id))
    assert debt() == Owed(0, over=True)


async def test_whoever_the_report_calls_sent_and_who_has_nothing_is_lost(
    world: World, debt: Debt
) -> None:
    ivan = await greet(world, IVAN)
    await report(world, ("+79990000201", "sent", 99), ("@emma", "sent", ivan.id))
    assert debt() == Owed(2, over=True)


@pytest.mark.parametrize("status", ["failed", "unknown"])
async def test_whoever_could_have_been_reached_is_lost(
    world: World, debt: Debt, status: str
) -> None:
    world.people[IVAN].blocked.add(SENDER)
    await report(world, ("+79990000201", status, ""), ("@emma", status, ""), ("+7000", status, ""))
    assert debt() == Owed(1, over=True)


@pytest.mark.parametrize("status", ["skipped", "not sent", "пропущено", "не отправлено"])
async def test_whoever_was_to_get_nothing_is_not_lost(
    world: World, debt: Debt, status: str
) -> None:
    await report(world, ("@emma", status, ""))
    assert debt() == Owed(0, over=True)


async def test_the_newest_campaign_counts(world: World, debt: Debt) -> None:
    await report(world, ("@emma", "failed", ""))
    assert debt() == Owed(1, over=True)
    emma = await greet(world, EMMA)
    await report(world, ("@emma", "sent", emma.id))
    assert debt() == Owed(0, over=True)
