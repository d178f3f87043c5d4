"""One random_id creates one message: the guarantee on which exactly-once sending relies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.messages import SendMediaRequest, SendMessageRequest
from telethon.tl.types import InputMediaUploadedDocument, UpdateMessageID, UpdateNewMessage

from sandbox.faults import Faults, Latency
from sandbox.world import World
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect

Sent = Callable[[], list[dict[str, Any]]]


async def test_a_repeat_returns_the_first_message_and_makes_none(
    client: Any, bob: Any, world: World, sent: Sent
) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    first = await client(SendMessageRequest(bob, "Hello", random_id=7))
    again = await client(SendMessageRequest(bob, "Hello", random_id=7))
    numbered, new = again.updates
    assert isinstance(numbered, UpdateMessageID)
    assert isinstance(new, UpdateNewMessage)
    assert (numbered.id, numbered.random_id) == (first.id, 7)
    assert (new.message.id, new.message.message, new.pts_count) == (first.id, "Hello", 0)
    assert len(world.history(BOB, ANN)) == len(sent()) == 1


async def test_a_repeat_returns_the_content_of_the_first_call(
    client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    await client(SendMessageRequest(bob, "first", random_id=7))
    again = await client(SendMessageRequest(bob, "second", random_id=7))
    assert again.updates[1].message.message == "first"
    assert [m.text for m in world.history(BOB, ANN)] == ["first"]


async def test_a_repeated_file_is_sent_once(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    file = await client.upload_file(b"data", file_name="a.txt")
    media = InputMediaUploadedDocument(file, "text/plain", [])
    answers = [await client(SendMediaRequest(bob, media, "", random_id=7)) for _ in range(2)]
    assert answers[0].updates[0].id == answers[1].updates[0].id
    assert len(world.history(BOB, ANN)) == 1


async def test_a_repeat_by_another_method_returns_the_first_message(
    client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    first = await client(SendMessageRequest(bob, "Hello", random_id=7))
    file = await client.upload_file(b"data", file_name="a.txt")
    media = InputMediaUploadedDocument(file, "text/plain", [])
    again = await client(SendMediaRequest(bob, media, "Another", random_id=7))
    assert again.updates[0].id == first.id
    assert [m.text for m in world.history(BOB, ANN)] == ["Hello"]


async def test_a_repeat_holds_after_a_new_connection(
    connect: Connect, client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    await client(SendMessageRequest(bob, "Hello", random_id=7))
    session = client.session.save()
    await client.disconnect()
    again = await (await connect(ANN, session=session))(
        SendMessageRequest(bob, "Hello", random_id=7)
    )
    assert isinstance(again.updates[0], UpdateMessageID)
    assert len(world.history(BOB, ANN)) == 1


async def test_other_people_and_other_accounts_have_ids_of_their_own(
    connect: Connect, client: Any, bob: Any, sent: Sent
) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    eve = await connect(EVE)
    await client(SendMessageRequest(bob, "to Bob", random_id=7))
    await client(
        SendMessageRequest(await client.get_input_entity("eve_reads"), "to Eve", random_id=7)
    )
    await eve(SendMessageRequest(await eve.get_input_entity("bob_reads"), "of Eve", random_id=7))
    assert [entry["text"] for entry in sent()] == ["to Bob", "to Eve", "of Eve"]


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
async def test_while_the_first_call_runs_a_repeat_is_refused(
    client: Any, bob: Any, world: World, faults: Faults, after_effect: bool
) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    faults.script(Latency(0.3, after_effect=after_effect), method="messages.sendMessage")
    async with asyncio.TaskGroup() as group:
        first = group.create_task(client(SendMessageRequest(bob, "Hello", random_id=7)))
        await asyncio.sleep(0)
        with pytest.raises(errors.RandomIdDuplicateError):
            await client(SendMessageRequest(bob, "Hello", random_id=7))
    again = await client(SendMessageRequest(bob, "Hello", random_id=7))
    assert again.updates[0].id == first.result().id
    assert len(world.history(BOB, ANN)) == 1


async def test_a_random_id_of_zero_is_refused(client: Any, bob: Any) -> None:
    """https://core.telegram.org/method/messages.sendMessage#possible-errors"""
    with pytest.raises(errors.RandomIdEmptyError):
        await client(SendMessageRequest(bob, "Hello", random_id=0))
