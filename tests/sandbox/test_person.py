"""`Person`: finding buttons and messages, waiting, and the reports of what is missing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sandbox.person import NotReceived, Person
from sandbox.world import (
    Button,
    CallbackAnswered,
    CallbackPressed,
    Entity,
    Event,
    PersonRecord,
    World,
)

BOT, ANNA, BORIS = 7, 101, 102


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.add(PersonRecord(BOT, "Desk", username="desk_bot", is_bot=True, bot_token="7:x"))
    world.add(PersonRecord(ANNA, "Anna", username="anna"))
    world.add(PersonRecord(BORIS, "Boris"))
    return world


@pytest.fixture
def anna(world: World) -> Person:
    return Person(world, ANNA)


def keyboard(*labels: str) -> tuple[tuple[Button, ...], ...]:
    return (tuple(Button(label, callback_data=f"data:{label}") for label in labels),)


def answering(world: World) -> list[str]:
    """A bot that answers each callback query with its data; the list of the data."""
    pressed: list[str] = []

    def answer(event: Event) -> None:
        if isinstance(event, CallbackPressed):
            pressed.append(event.data)
            world.notify(event.person_id, CallbackAnswered(event.query_id, event.data))

    world.subscribe(BOT, answer)
    return pressed


async def test_waiting_ends_the_moment_a_message_comes(world: World, anna: Person) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(anna.wait_for("desk_bot", "Hello"))
        await world.send(BOT, ANNA, text="Something else")
        await world.send(BOT, ANNA, text="Hello, Anna")
    assert waiting.result().text == "Hello, Anna"


async def test_an_edit_can_be_waited_for(world: World, anna: Person) -> None:
    sent = await world.send(BOT, ANNA, text="0 %")
    first = await anna.wait_for(BOT, "%")
    await world.edit(sent, text="50 %")
    second = await anna.wait_for(BOT, lambda message: message.edited_at)
    assert (first.text, second.text, first.id) == ("0 %", "50 %", second.id)


async def test_a_message_is_returned_once(world: World, anna: Person) -> None:
    await world.send(BOT, ANNA, text="Menu")
    await anna.wait_for(BOT, "Menu")
    with pytest.raises(NotReceived):
        await anna.wait_for(BOT, "Menu", timeout=0.01)


async def test_messages_before_ones_own_action_are_not_waited_for(
    world: World, anna: Person
) -> None:
    await world.send(BOT, ANNA, text="Menu")
    await anna.say(BOT, "/start")
    with pytest.raises(NotReceived, match=r"'Menu' did not come in 0\.01 s"):
        await anna.wait_for(BOT, "Menu", timeout=0.01)


async def test_messages_may_be_awaited_in_another_order_than_they_came(
    world: World, anna: Person
) -> None:
    for text in ("Finished", "Report"):
        await world.send(BOT, ANNA, text=text)
    assert (await anna.wait_for(BOT, "Report")).text == "Report"
    assert (await anna.wait_for(BOT, "Finished")).text == "Finished"


async def test_after_a_message_only_newer_ones_count(world: World, anna: Person) -> None:
    for text in ("Reply 1", "Reply 2"):
        await world.send(BORIS, ANNA, text=text)
    first = anna.history(BORIS)[0]
    assert (await anna.wait_for(BORIS, "Reply", after=first)).text == "Reply 2"


async def test_the_newest_message_with_the_label_is_pressed(world: World, anna: Person) -> None:
    pressed = answering(world)
    await world.send(BOT, ANNA, text="Old", buttons=keyboard("Stop for good", "Stop"))
    await world.send(BOT, ANNA, text="New", buttons=keyboard("Start ›"))
    assert await anna.press(None, "Start") == "data:Start ›"
    assert await anna.press(None, "Stop") == "data:Stop"
    assert await anna.press(anna.history(BOT)[0], "for good") == "data:Stop for good"
    assert await anna.press_data("desk_bot", "forged") == "forged"
    assert pressed == ["data:Start ›", "data:Stop", "data:Stop for good", "forged"]


async def test_a_missing_button_is_reported_with_those_that_exist(
    world: World, anna: Person
) -> None:
    sent = await world.send(BOT, ANNA, text="Card", buttons=keyboard("Start", "Back"))
    with pytest.raises(LookupError, match=r"No button 'Stop'; there are: \['Start', 'Back'\]"):
        await anna.press(None, "Stop")
    await world.edit(sent, buttons=((Button("Docs", url="https://example.org"),),))
    with pytest.raises(LookupError, match="'Docs' calls no one"):
        await anna.press(None, "Docs", who=BOT)
    (card,) = anna.history(BOT)
    await world.delete(sent)
    with pytest.raises(LookupError, match="deleted"):
        await anna.press(card, "Docs")
    with pytest.raises(LookupError, match="written nothing"):
        await anna.press_data(BOT, "x")


async def test_an_unknown_person_is_reported(anna: Person) -> None:
    with pytest.raises(LookupError, match="Nobody in this world is 'nobody_bot'"):
        await anna.say("nobody_bot", "/start")


async def test_a_person_edits_only_their_own_messages_and_only_with_a_change(
    world: World, anna: Person
) -> None:
    boris = Person(world, BORIS)
    said = await boris.say("anna", "STPO")
    theirs = await anna.wait_for(BORIS, "STPO")
    with pytest.raises(ValueError, match="one's own"):
        await anna.edit(theirs, "STOP")
    edited = await boris.edit(said, "STOP", (Entity("bold", 0, 4),))
    assert (edited.id, edited.edited_at is not None) == (said.id, True)
    received = await anna.wait_for(BORIS, "STOP")
    assert (received.id, received.entities) == (theirs.id, (Entity("bold", 0, 4),))
    with pytest.raises(ValueError, match="this text already"):
        await boris.edit(said, "STOP", (Entity("bold", 0, 4),))
    await world.delete(edited)
    with pytest.raises(LookupError, match="deleted"):
        await boris.edit(said, "STOP!")


async def test_a_message_may_be_backdated_but_not_before_the_latest_one(
    world: World, anna: Person
) -> None:
    boris = Person(world, BORIS)
    first = await boris.say("anna", "long ago", date=1_000_000)
    assert (first.date, anna.history(BORIS)[0].date) == (1_000_000, 1_000_000)
    for wrong in (999_999, 9_999_999_999):
        with pytest.raises(ValueError, match="The date is"):
            await boris.say("anna", "no", date=wrong)
    assert len(anna.history(BORIS)) == 1
    await world.send(BOT, ANNA, text="not so long ago", date=2_000_000)
    assert world.chats(ANNA) == [BOT, BORIS]
    anna.pin_dialog(BORIS)
    assert world.pinned_chats[ANNA] == [BORIS]
    anna.unpin_dialog(BORIS)
    assert world.pinned_chats[ANNA] == []


async def test_people_write_to_each_other_and_read(world: World, anna: Person) -> None:
    boris = Person(world, BORIS)
    await boris.say("anna", "Hi")
    await anna.reply(await anna.wait_for(BORIS, "Hi"), "STOP")
    answer = await boris.wait_for(ANNA, "STOP")
    assert answer.reply_to == boris.history(ANNA)[0].id
    await anna.read(BORIS)
    assert world.outbox_read[BORIS, ANNA] == boris.history(ANNA)[0].id
    anna.block(BORIS)
    assert world.people[ANNA].blocked == {BORIS}
    anna.unblock(BORIS)
    assert not world.people[ANNA].blocked
