"""Basic groups: every member has a copy with an id of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from telethon import errors, events
from telethon.tl.functions.messages import (
    GetChatsRequest,
    GetFullChatRequest,
    GetHistoryRequest,
    SendMessageRequest,
)
from telethon.tl.types import InputPeerChat, UpdateNewMessage, UpdateReadHistoryOutbox

from sandbox.world import ChatRecord, World
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect

Sent = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def team(world: World) -> ChatRecord:
    """Ann's group with Bob."""
    team = world.open_chat("group", "Team", ANN)
    world.join(team.id, BOB)
    return team


async def test_every_member_has_a_copy_and_only_members(
    connect: Connect, client: Any, bob: Any, world: World, team: ChatRecord, sent: Sent
) -> None:
    """https://core.telegram.org/api/channel#basic-groups"""
    came: asyncio.Queue[Any] = asyncio.Queue()
    (await connect(BOB)).add_event_handler(came.put, events.NewMessage(func=lambda e: e.is_group))
    await client(SendMessageRequest(bob, "so that ids differ", random_id=1))
    await world.send(BOB, EVE, text="so that ids differ")
    answer = await client(SendMessageRequest(InputPeerChat(-team.id), "Hi", random_id=1))
    assert isinstance(answer.updates[1], UpdateNewMessage)
    event = await asyncio.wait_for(came.get(), 5)
    assert (event.text, event.chat_id, event.sender_id) == ("Hi", team.id, ANN)
    assert (answer.updates[0].id, event.id) == (2, 3)
    assert world.history(EVE, team.id) == []
    assert sent()[-1]["recipient"] == team.id


async def test_only_members_can_address_a_group(connect: Connect, team: ChatRecord) -> None:
    """https://core.telegram.org/method/messages.sendMessage#possible-errors"""
    eve = await connect(EVE)
    for call in (
        SendMessageRequest(InputPeerChat(-team.id), "Hi", random_id=1),
        GetHistoryRequest(InputPeerChat(-team.id), 0, None, 0, 10, 0, 0, 0),
        GetChatsRequest([-team.id]),
    ):
        with pytest.raises(errors.ChatIdInvalidError):
            await eve(call)


async def test_a_group_names_its_members(client: Any, team: ChatRecord) -> None:
    """https://core.telegram.org/method/messages.getFullChat"""
    full = await client(GetFullChatRequest(-team.id))
    assert [p.user_id for p in full.full_chat.participants.participants] == [ANN, BOB]
    assert sorted(user.id for user in full.users) == [ANN, BOB]


async def test_a_repeat_in_a_group_makes_no_second_message(
    client: Any, world: World, team: ChatRecord, sent: Sent
) -> None:
    """https://core.telegram.org/api/updates#updatemessageid-updates"""
    for _ in range(2):
        await client(SendMessageRequest(InputPeerChat(-team.id), "Hi", random_id=7))
    assert len(sent()) == len(world.history(BOB, team.id)) == 1


async def test_a_group_counts_in_the_accounts_own_sequence(
    connect: Connect, client: Any, world: World, team: ChatRecord
) -> None:
    """https://core.telegram.org/api/updates#message-related-event-sequences"""
    read: asyncio.Queue[Any] = asyncio.Queue()
    client.add_event_handler(read.put, events.Raw(UpdateReadHistoryOutbox))
    before = world.pts(ANN), world.pts(BOB)
    await client(SendMessageRequest(InputPeerChat(-team.id), "Hi", random_id=1))
    assert (world.pts(ANN), world.pts(BOB)) == (before[0] + 1, before[1] + 1)
    bob = await connect(BOB)
    await bob.send_read_acknowledge(InputPeerChat(-team.id))
    update = await asyncio.wait_for(read.get(), 5)
    assert (update.peer.chat_id, update.pts) == (-team.id, before[0] + 2)
