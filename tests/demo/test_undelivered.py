"""The page counts as lost the people of the report who should have the message and do not."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from demo.undelivered import Undelivered, UndeliveredCounter
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
def undelivered(world: World) -> UndeliveredCounter:
    return UndeliveredCounter(world, admin_id=ADMIN, bot_id=BOT, sender_id=SENDER)


async def report(world: World, *rows: tuple[str, str, int | str]) -> None:
    """Send the admin a finished campaign's report; a row is (contact, status, message id)."""
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


async def test_without_a_report_only_a_tour_has_a_count(
    world: World, undelivered: UndeliveredCounter
) -> None:
    assert undelivered() is None
    of_a_tour = UndeliveredCounter(
        world, admin_id=ADMIN, bot_id=BOT, sender_id=SENDER, audience={IVAN, EMMA}
    )
    assert of_a_tour() == Undelivered(2, finished=False)
    await greet(world, IVAN)
    assert of_a_tour() == Undelivered(1, finished=False)


async def test_none_is_lost_when_each_person_has_the_message_that_the_report_names(
    world: World, undelivered: UndeliveredCounter
) -> None:
    ivan, emma = await greet(world, IVAN), await greet(world, EMMA)
    await report(world, ("+79990000201", "sent", ivan.id), ("@emma", "sent", emma.id))
    assert undelivered() == Undelivered(0, finished=True)


async def test_a_person_without_the_message_that_the_report_names_is_lost(
    world: World, undelivered: UndeliveredCounter
) -> None:
    ivan = await greet(world, IVAN)
    await report(world, ("+79990000201", "sent", 99), ("@emma", "sent", ivan.id))
    assert undelivered() == Undelivered(2, finished=True)


@pytest.mark.parametrize("status", ["failed", "unknown"])
async def test_a_reachable_person_without_a_message_is_lost(
    world: World, undelivered: UndeliveredCounter, status: str
) -> None:
    world.people[IVAN].blocked.add(SENDER)
    await report(world, ("+79990000201", status, ""), ("@emma", status, ""), ("+7000", status, ""))
    assert undelivered() == Undelivered(1, finished=True)


@pytest.mark.parametrize("status", ["skipped", "not sent", "пропущено", "не отправлено"])
async def test_a_person_who_was_due_no_message_is_not_lost(
    world: World, undelivered: UndeliveredCounter, status: str
) -> None:
    await report(world, ("@emma", status, ""))
    assert undelivered() == Undelivered(0, finished=True)


async def test_only_the_newest_campaign_is_counted(
    world: World, undelivered: UndeliveredCounter
) -> None:
    await report(world, ("@emma", "failed", ""))
    assert undelivered() == Undelivered(1, finished=True)
    emma = await greet(world, EMMA)
    await report(world, ("@emma", "sent", emma.id))
    assert undelivered() == Undelivered(0, finished=True)
