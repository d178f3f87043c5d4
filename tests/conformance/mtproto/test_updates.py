"""Updates: pushed to connected clients, fetched by clients that were offline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telethon import events
from telethon.tl.functions.channels import GetFullChannelRequest
from telethon.tl.functions.messages import ReadHistoryRequest, SendMessageRequest
from telethon.tl.functions.updates import (
    GetChannelDifferenceRequest,
    GetDifferenceRequest,
    GetStateRequest,
)
from telethon.tl.types import ChannelMessagesFilterEmpty, UpdateMessageID, UpdateReadHistoryOutbox
from telethon.tl.types.updates import ChannelDifferenceEmpty, DifferenceEmpty

from sandbox.world import ChatRecord, World
from tests.sandbox.mtproto.conftest import ANN, BOB, Connect


def note_down(notes: list[Any]) -> Callable[[Any], Awaitable[None]]:
    async def note(event: Any) -> None:
        notes.append(event)

    return note


async def test_an_incoming_message_is_pushed_with_its_sender(client: Any, world: World) -> None:
    """https://core.telegram.org/api/updates"""
    came: asyncio.Queue[Any] = asyncio.Queue()
    client.add_event_handler(came.put, events.NewMessage(incoming=True))
    await world.send(BOB, ANN, text="STOP")
    event = await asyncio.wait_for(came.get(), 5)
    assert (event.text, event.sender_id) == ("STOP", BOB)
    assert (await event.get_sender()).first_name == "Bob"


async def test_a_message_between_two_clients_is_pushed_once_and_not_to_its_sender(
    connect: Connect, client: Any, bob: Any
) -> None:
    """https://core.telegram.org/api/updates"""
    theirs = await connect(BOB)
    came: asyncio.Queue[Any] = asyncio.Queue()
    mine: list[Any] = []
    theirs.add_event_handler(came.put, events.NewMessage())
    client.add_event_handler(note_down(mine), events.NewMessage())
    for random_id in (1, 2):
        await client(SendMessageRequest(bob, f"No. {random_id}", random_id=random_id))
    texts = [(await asyncio.wait_for(came.get(), 5)).text for _ in range(2)]
    assert texts == ["No. 1", "No. 2"]
    assert came.empty()
    assert mine == []


async def test_a_read_message_is_told_to_its_writer(
    connect: Connect, client: Any, bob: Any
) -> None:
    """https://core.telegram.org/constructor/updateReadHistoryOutbox"""
    read: asyncio.Queue[Any] = asyncio.Queue()
    client.add_event_handler(read.put, events.Raw(UpdateReadHistoryOutbox))
    made = await client(SendMessageRequest(bob, "Hello", random_id=1))
    theirs = await connect(BOB)
    ann = await theirs.get_input_entity("ann_sends")
    await theirs(ReadHistoryRequest(ann, max_id=0))
    update = await asyncio.wait_for(read.get(), 5)
    assert (update.peer.user_id, update.max_id) == (BOB, made.id)


async def test_missed_events_are_in_the_difference(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/method/updates.getDifference"""
    before = await client(GetStateRequest())
    await client(SendMessageRequest(bob, "Hello", random_id=1))
    await world.send(BOB, ANN, text="STOP")
    await world.read(BOB, ANN)
    missed = await client(GetDifferenceRequest(pts=before.pts, date=before.date, qts=0))
    assert [m.message for m in missed.new_messages] == ["Hello", "STOP"]
    read, numbered = missed.other_updates
    assert isinstance(read, UpdateReadHistoryOutbox)
    assert (numbered.id, numbered.random_id) == (missed.new_messages[0].id, 1)
    assert missed.state.pts == before.pts + 3
    nothing = await client(GetDifferenceRequest(pts=missed.state.pts, date=before.date, qts=0))
    assert isinstance(nothing, DifferenceEmpty)


async def test_every_message_counts_one_for_each_side(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/api/updates#message-related-event-sequences"""
    before = world.pts(ANN), world.pts(BOB)
    answers = await asyncio.gather(
        *(client(SendMessageRequest(bob, "Hello", random_id=n)) for n in range(1, 6))
    )
    assert [a.pts for a in answers] == list(range(before[0] + 1, before[0] + 6))
    assert world.pts(BOB) == before[1] + 5


async def test_a_reconnected_client_catches_up(connect: Connect, client: Any, world: World) -> None:
    """https://core.telegram.org/api/updates"""
    session = client.session
    await client.disconnect()
    await world.send(BOB, ANN, text="while you were away")
    came: asyncio.Queue[Any] = asyncio.Queue()
    back = await connect(ANN, session=session.save(), catch_up=True)
    back.add_event_handler(came.put, events.NewMessage(incoming=True))
    await world.send(BOB, ANN, text="now")
    assert (await asyncio.wait_for(came.get(), 5)).text == "now"


async def test_a_client_that_wants_no_updates_gets_none(
    connect: Connect, client: Any, world: World
) -> None:
    """https://core.telegram.org/api/invoking#disabling-updates"""
    await client.disconnect()
    deaf = await connect(ANN, receive_updates=False)
    came: list[Any] = []
    deaf.add_event_handler(note_down(came), events.Raw())
    await world.send(BOB, ANN, text="anybody there?")
    assert (await deaf.get_messages(await deaf.get_input_entity("bob_reads")))[0].text
    assert came == []


async def test_another_session_of_the_account_gets_update_message_id(
    connect: Connect, client: Any, bob: Any
) -> None:
    """https://core.telegram.org/constructor/updateMessageID"""
    named: asyncio.Queue[Any] = asyncio.Queue()
    (await connect(ANN)).add_event_handler(named.put, events.Raw(UpdateMessageID))
    made = await client(SendMessageRequest(bob, "Hello", random_id=7))
    update = await asyncio.wait_for(named.get(), 5)
    assert (update.id, update.random_id) == (made.id, 7)


async def test_a_client_fetches_the_posts_it_missed(
    connect: Connect, client: Any, world: World, news: ChatRecord
) -> None:
    """https://core.telegram.org/method/updates.getChannelDifference"""
    bob = await connect(BOB)
    await world.send(ANN, news.id, text="One")
    before = await client(GetStateRequest())
    channel = await bob.get_input_entity("the_news")
    pts = (await bob(GetFullChannelRequest(channel))).full_chat.pts
    await client(SendMessageRequest(await client.get_input_entity("the_news"), "Two", random_id=7))
    await world.edit(world.history(BOB, news.id)[0], text="One, edited")

    missed = await bob(GetDifferenceRequest(pts=1, date=before.date, qts=0))
    assert [u.channel_id for u in missed.other_updates] == [channel.channel_id]
    posts = await bob(
        GetChannelDifferenceRequest(channel, ChannelMessagesFilterEmpty(), pts=pts, limit=1)
    )
    assert [m.message for m in posts.new_messages] == ["Two"]
    assert (posts.pts, posts.final) == (pts + 1, False)
    rest = await bob(
        GetChannelDifferenceRequest(channel, ChannelMessagesFilterEmpty(), pts=posts.pts, limit=10)
    )
    assert [u.message.message for u in rest.other_updates] == ["One, edited"]
    assert rest.final
    nothing = await bob(
        GetChannelDifferenceRequest(channel, ChannelMessagesFilterEmpty(), pts=rest.pts, limit=10)
    )
    assert isinstance(nothing, ChannelDifferenceEmpty)


async def test_a_reconnected_client_catches_up_on_a_channel(
    connect: Connect, world: World, news: ChatRecord
) -> None:
    """https://core.telegram.org/api/updates#recovering-gaps"""
    came: asyncio.Queue[Any] = asyncio.Queue()
    bob = await connect(BOB, catch_up=True)
    bob.add_event_handler(came.put, events.NewMessage(chats=news.id))
    await world.send(ANN, news.id, text="One")
    assert (await asyncio.wait_for(came.get(), 5)).text == "One"
    await bob.disconnect()
    for text in ("Two", "Three"):
        await world.send(ANN, news.id, text=text)
    await bob.connect()
    texts = [(await asyncio.wait_for(came.get(), 5)).text for _ in range(2)]
    assert texts == ["Two", "Three"]
