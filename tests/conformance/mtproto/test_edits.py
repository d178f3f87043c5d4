"""Edited messages: pushed, found in histories and dialogs, and fetched after an absence."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telethon import events
from telethon.tl.functions.messages import (
    EditMessageRequest,
    GetDialogsRequest,
    GetHistoryRequest,
    GetPeerDialogsRequest,
    SendMessageRequest,
)
from telethon.tl.functions.updates import GetDifferenceRequest, GetStateRequest
from telethon.tl.types import (
    InputDialogPeer,
    InputPeerEmpty,
    UpdateDeleteMessages,
    UpdateEditMessage,
    UpdateNewMessage,
)

from sandbox.person import Person
from sandbox.world import World
from tests.sandbox.mtproto.conftest import ANN, BOB, Connect


@pytest.fixture
def reader(world: World) -> Person:
    """Bob, as he acts on his own phone."""
    return Person(world, BOB)


async def next_of(queue: asyncio.Queue[Any]) -> Any:
    return await asyncio.wait_for(queue.get(), 5)


async def test_an_edit_is_pushed_with_a_pts_of_its_own(
    client: Any, world: World, reader: Person
) -> None:
    """https://core.telegram.org/constructor/updateEditMessage"""
    came: asyncio.Queue[Any] = asyncio.Queue()
    client.add_event_handler(came.put, events.Raw((UpdateNewMessage, UpdateEditMessage)))
    before = world.pts(ANN)
    await reader.edit(await reader.say(ANN, "STPO"), "STOP")
    new, edited = await next_of(came), await next_of(came)
    assert (new.message.message, new.message.edit_date, new.pts) == ("STPO", None, before + 1)
    assert isinstance(edited, UpdateEditMessage)
    assert (edited.message.id, edited.message.message) == (new.message.id, "STOP")
    assert edited.message.edit_date is not None
    assert not edited.message.edit_hide
    assert (edited.pts, edited.pts_count) == (before + 2, 1)


async def test_an_edit_reaches_every_client_of_the_account(
    connect: Connect, client: Any, reader: Person
) -> None:
    """https://core.telegram.org/api/updates"""
    came: asyncio.Queue[Any] = asyncio.Queue()
    for one in (client, await connect(ANN)):
        one.add_event_handler(came.put, events.MessageEdited(incoming=True))
    await reader.edit(await reader.say(ANN, "STPO"), "STOP")
    assert [(await next_of(came)).text for _ in range(2)] == ["STOP", "STOP"]


async def test_an_edited_message_is_in_the_history_and_the_dialogs(
    client: Any, bob: Any, reader: Person
) -> None:
    """https://core.telegram.org/constructor/message"""
    await reader.edit(await reader.say(ANN, "STPO"), "STOP")
    answers = [
        await client(GetHistoryRequest(bob, 0, None, 0, 10, 0, 0, 0)),
        await client(GetDialogsRequest(None, 0, InputPeerEmpty(), 10, 0)),
        await client(GetPeerDialogsRequest([InputDialogPeer(bob)])),
    ]
    for answer in answers:
        [message] = answer.messages
        assert message.message == "STOP"
        assert message.edit_date is not None


async def test_an_edit_of_an_older_message_leaves_the_top_of_the_dialog(
    client: Any, bob: Any, reader: Person
) -> None:
    """https://core.telegram.org/constructor/dialog"""
    first = await reader.say(ANN, "STPO")
    last = await reader.say(ANN, "thanks")
    await reader.edit(first, "STOP")
    found = await client(GetPeerDialogsRequest([InputDialogPeer(bob)]))
    assert [d.top_message for d in found.dialogs] == [m.id for m in found.messages]
    assert found.messages[0].message == last.text
    history = await client.get_messages(bob, limit=2)
    assert [m.text for m in history] == ["thanks", "STOP"]


async def test_a_missed_edit_is_in_the_difference(client: Any, reader: Person) -> None:
    """https://core.telegram.org/method/updates.getDifference"""
    said = await reader.say(ANN, "STPO")
    before = await client(GetStateRequest())
    await reader.edit(said, "STOP")
    missed = await client(GetDifferenceRequest(pts=before.pts, date=before.date, qts=0))
    assert missed.new_messages == []
    [edited] = missed.other_updates
    assert isinstance(edited, UpdateEditMessage)
    assert (edited.message.message, edited.pts) == ("STOP", before.pts + 1)
    assert missed.state.pts == before.pts + 1


async def test_a_message_that_was_sent_and_edited_meanwhile_has_its_last_text(
    client: Any, reader: Person
) -> None:
    """https://core.telegram.org/method/updates.getDifference"""
    before = await client(GetStateRequest())
    said = await reader.say(ANN, "STPO")
    await reader.edit(said, "STOP")
    missed = await client(GetDifferenceRequest(pts=before.pts, date=before.date, qts=0))
    assert [m.message for m in missed.new_messages] == ["STOP"]
    assert [u.message.message for u in missed.other_updates] == ["STOP"]


async def test_of_a_message_that_is_gone_only_the_deletion_is_returned(
    client: Any, world: World, reader: Person
) -> None:
    """https://core.telegram.org/method/updates.getDifference"""
    before = await client(GetStateRequest())
    said = await reader.say(ANN, "STPO")
    await world.delete(await reader.edit(said, "STOP"))
    missed = await client(GetDifferenceRequest(pts=before.pts, date=before.date, qts=0))
    assert missed.new_messages == []
    assert [type(u) for u in missed.other_updates] == [UpdateDeleteMessages]
    assert missed.state.pts == before.pts + 3


async def test_a_client_that_was_away_fetches_an_edit(
    connect: Connect, client: Any, reader: Person
) -> None:
    """https://core.telegram.org/api/updates#recovering-gaps

    Telethon 1.45 drops updates with a pts from the difference of the account, so that its own
    catching up raises no `MessageEdited`. The raw difference has the edit.
    """
    said = await reader.say(ANN, "STPO")
    state = await client(GetStateRequest())
    session = client.session.save()
    await client.disconnect()
    await reader.edit(said, "STOP")
    back = await connect(ANN, session=session)
    missed = await back(GetDifferenceRequest(pts=state.pts, date=state.date, qts=0))
    assert [u.message.message for u in missed.other_updates] == ["STOP"]


async def test_the_editing_client_gets_the_update_with_its_answer_only(
    connect: Connect, client: Any, bob: Any
) -> None:
    """https://core.telegram.org/method/messages.editMessage"""
    made = await client(SendMessageRequest(bob, "before", random_id=1))
    pushed: list[Any] = []
    original = client._updates_queue.put_nowait

    def note(update: Any) -> None:
        pushed.append(update)
        original(update)

    client._updates_queue.put_nowait = note
    other: asyncio.Queue[Any] = asyncio.Queue()
    (await connect(ANN)).add_event_handler(other.put, events.Raw(UpdateEditMessage))
    answer = await client(EditMessageRequest(bob, made.id, message="after"))
    assert (await next_of(other)).pts == answer.updates[0].pts
    assert pushed == [answer]


async def test_a_reaction_is_an_edit_that_clients_do_not_show(
    client: Any, world: World, reader: Person
) -> None:
    """https://core.telegram.org/constructor/message"""
    came: asyncio.Queue[Any] = asyncio.Queue()
    await reader.say(ANN, "Thanks")
    client.add_event_handler(came.put, events.Raw(UpdateEditMessage))
    await Person(world, ANN).react(world.history(ANN, BOB)[0], "👍")
    message = (await next_of(came)).message
    assert (message.message, message.edit_hide) == ("Thanks", True)
    assert message.edit_date is not None
