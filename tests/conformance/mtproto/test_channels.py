"""Channels and supergroups: lookup by username, one shared history, posting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from telethon import errors, events
from telethon.tl.functions.channels import (
    DeleteMessagesRequest,
    GetFullChannelRequest,
    GetParticipantRequest,
    JoinChannelRequest,
    LeaveChannelRequest,
)
from telethon.tl.functions.messages import SendMessageRequest
from telethon.tl.types import (
    UpdateMessageID,
    UpdateNewChannelMessage,
    UpdateReadChannelOutbox,
)

from sandbox.faults import Faults, Latency
from sandbox.world import ChatRecord, World
from tests.sandbox.mtproto.conftest import BOB, EVE, Connect

Sent = Callable[[], list[dict[str, Any]]]


async def test_a_public_channel_is_found_by_its_name(client: Any, news: ChatRecord) -> None:
    """https://core.telegram.org/method/contacts.resolveUsername"""
    found = await client.get_entity("https://t.me/The_News")
    assert (found.title, found.broadcast, found.creator) == ("News", True, True)
    assert (await client.get_peer_id(found)) == news.id
    full = await client(GetFullChannelRequest(found))
    assert full.full_chat.participants_count == 2


async def test_a_post_has_an_id_of_the_channel_and_is_signed_by_it(
    connect: Connect, client: Any, news: ChatRecord, sent: Sent
) -> None:
    """https://core.telegram.org/api/channel"""
    await client.send_message("me", "so that Ann's own ids are ahead")
    to = await client.get_input_entity("the_news")
    first = await client(SendMessageRequest(to, "One", random_id=1))
    second = await client(SendMessageRequest(to, "Two", random_id=2))
    numbered, new = first.updates
    assert isinstance(numbered, UpdateMessageID)
    assert isinstance(new, UpdateNewChannelMessage)
    assert (numbered.id, new.message.id, second.updates[1].message.id) == (1, 1, 2)
    assert second.updates[1].pts == new.pts + 1
    assert sent()[-1]["recipient"] == news.id
    theirs = await (await connect(BOB)).get_messages("the_news", limit=None)
    assert [(m.id, m.text, m.post, m.out) for m in theirs] == [
        (2, "Two", True, False),
        (1, "One", True, False),
    ]
    assert theirs[0].sender_id == news.id


async def test_a_post_is_pushed_to_members_only(
    connect: Connect, client: Any, news: ChatRecord
) -> None:
    """https://core.telegram.org/constructor/updateNewChannelMessage"""
    came: asyncio.Queue[Any] = asyncio.Queue()
    strangers: asyncio.Queue[Any] = asyncio.Queue()
    (await connect(BOB)).add_event_handler(came.put, events.NewMessage())
    (await connect(EVE)).add_event_handler(strangers.put, events.NewMessage())
    to = await client.get_input_entity("the_news")
    await client(SendMessageRequest(to, "One", random_id=1))
    event = await asyncio.wait_for(came.get(), 5)
    assert (event.text, event.chat_id, event.is_channel) == ("One", news.id, True)
    assert strangers.empty()


async def test_a_repeat_in_a_channel_makes_no_second_post(
    client: Any, news: ChatRecord, faults: Faults, sent: Sent
) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    to = await client.get_input_entity("the_news")
    faults.script(Latency(0.3), recipient=news.id)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(client(SendMessageRequest(to, "One", random_id=7)))
        await asyncio.sleep(0)
        with pytest.raises(errors.RandomIdDuplicateError):
            await client(SendMessageRequest(to, "One", random_id=7))
    again = await client(SendMessageRequest(to, "One", random_id=7))
    assert again.updates[0].id == first.result().updates[0].id
    assert again.updates[1].pts_count == 0
    assert len(sent()) == 1


async def test_a_public_channel_can_be_joined_and_left(connect: Connect, talk: ChatRecord) -> None:
    """https://core.telegram.org/method/channels.joinChannel"""
    eve = await connect(EVE)
    to = await eve.get_input_entity("the_talk")
    with pytest.raises(errors.UserNotParticipantError):
        await eve(GetParticipantRequest(to, "me"))
    await eve(JoinChannelRequest(to))
    assert (await eve(GetParticipantRequest(to, "me"))).participant.user_id == EVE
    await eve(SendMessageRequest(to, "Hi", random_id=1))
    await eve(LeaveChannelRequest(to))
    with pytest.raises(errors.ChatWriteForbiddenError):
        await eve(SendMessageRequest(to, "Hi again", random_id=2))
    assert EVE not in talk.members


@pytest.mark.usefixtures("talk")
async def test_reading_in_a_group_updates_the_authors_outbox(connect: Connect, client: Any) -> None:
    """https://core.telegram.org/constructor/updateReadChannelOutbox"""
    read: asyncio.Queue[Any] = asyncio.Queue()
    client.add_event_handler(read.put, events.Raw(UpdateReadChannelOutbox))
    to = await client.get_input_entity("the_talk")
    await client(SendMessageRequest(to, "Hi", random_id=1))
    bob = await connect(BOB)
    assert [d.unread_count for d in await bob.get_dialogs()] == [1]
    await bob.send_read_acknowledge("the_talk")
    assert (await asyncio.wait_for(read.get(), 5)).max_id == 1
    assert [d.unread_count for d in await bob.get_dialogs()] == [0]


async def test_a_post_is_edited_and_deleted_for_everybody(
    connect: Connect, client: Any, world: World, news: ChatRecord
) -> None:
    """https://core.telegram.org/method/channels.deleteMessages"""
    to = await client.get_input_entity("the_news")
    await client(SendMessageRequest(to, "One", random_id=1))
    bob = await connect(BOB)
    with pytest.raises(errors.MessageDeleteForbiddenError):
        await bob(DeleteMessagesRequest(await bob.get_input_entity("the_news"), [1]))
    changed: asyncio.Queue[Any] = asyncio.Queue()
    bob.add_event_handler(changed.put, events.MessageEdited())
    bob.add_event_handler(changed.put, events.MessageDeleted())
    await client.edit_message(to, 1, "Two")
    assert (await asyncio.wait_for(changed.get(), 5)).text == "Two"
    await client.delete_messages(to, [1])
    gone = await asyncio.wait_for(changed.get(), 5)
    assert (gone.chat_id, gone.deleted_ids) == (news.id, [1])
    assert world.history(BOB, news.id) == []


@pytest.mark.usefixtures("news")
async def test_dialogs_hold_people_and_channels_the_latest_first(
    client: Any, bob: Any, talk: ChatRecord, world: World
) -> None:
    """https://core.telegram.org/method/messages.getDialogs"""
    await world.send(BOB, talk.id, text="in the group")
    await client(SendMessageRequest(bob, "Hello", random_id=1))
    await client(SendMessageRequest(await client.get_input_entity("the_news"), "Post", random_id=1))
    assert [(d.name, d.message.text) for d in await client.get_dialogs()] == [
        ("News", "Post"),
        ("Bob", "Hello"),
        ("Talk", "in the group"),
    ]
    one_by_one = [
        (await client.get_dialogs(limit=1, offset_peer=after))[0].name
        for after in ("the_news", "bob_reads")
    ]
    assert one_by_one == ["Bob", "Talk"]
