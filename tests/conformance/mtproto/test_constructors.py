"""The documented constructors of an answer, as the state of the world picks them."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import types
from telethon.tl.functions.channels import GetMessagesRequest as GetPostsRequest
from telethon.tl.functions.contacts import ResolveUsernameRequest
from telethon.tl.functions.messages import (
    GetMessagesRequest,
    GetPeerDialogsRequest,
    SendMessageRequest,
)
from telethon.tl.functions.updates import GetDifferenceRequest, GetStateRequest
from telethon.tl.functions.users import GetUsersRequest

from sandbox.person import Person
from sandbox.rpc import MtprotoServer
from sandbox.rpc.offsets import page_hash
from sandbox.world import ChatRecord, PersonRecord, World
from tests.conformance.mtproto.requests import dialogs, history
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE

UNKNOWN = 999


async def test_users_are_user_or_user_empty(client: Any, server: MtprotoServer) -> None:
    """https://core.telegram.org/method/users.getUsers"""
    wanted = [
        types.InputUser(UNKNOWN, 0),
        types.InputUser(BOB, server.access_hash(ANN, BOB)),
        types.InputUser(EVE, 0),  # its hash is wrong: the server leaves it out
        types.InputUserSelf(),
    ]
    unknown, bob, me = await client(GetUsersRequest(wanted))
    assert isinstance(unknown, types.UserEmpty)
    assert (unknown.id, bob.id, me.id) == (UNKNOWN, BOB, ANN)
    assert await client(GetUsersRequest([types.InputUser(EVE, 0)])) == []


async def test_a_username_is_resolved_to_a_person_a_bot_a_channel_or_a_group(
    client: Any, world: World, news: ChatRecord, talk: ChatRecord
) -> None:
    """https://core.telegram.org/constructor/contacts.resolvedPeer"""
    world.add(PersonRecord(105, "Helper", username="helper_bot", is_bot=True))
    found = {
        name: await client(ResolveUsernameRequest(name))
        for name in ("bob_reads", "helper_bot", "the_news", "the_talk")
    }
    assert found["bob_reads"].peer == types.PeerUser(BOB)
    assert [(u.id, u.bot) for u in found["helper_bot"].users] == [(105, True)]
    for name, chat, broadcast in (("the_news", news, True), ("the_talk", talk, False)):
        answer = found[name]
        assert answer.users == []
        assert isinstance(answer.peer, types.PeerChannel)
        assert [(c.id, c.broadcast) for c in answer.chats] == [(answer.peer.channel_id, broadcast)]
        assert answer.chats[0].title == chat.title


async def test_a_whole_history_is_messages_and_a_part_is_a_slice(
    client: Any, bob: Any, world: World, news: ChatRecord
) -> None:
    """https://core.telegram.org/type/messages.Messages"""
    for text in ("One", "Two", "Three"):
        await world.send(BOB, ANN, text=text)
    whole, part = await client(history(bob)), await client(history(bob, limit=2))
    assert isinstance(whole, types.messages.Messages)
    assert [m.message for m in whole.messages] == ["Three", "Two", "One"]
    assert isinstance(part, types.messages.MessagesSlice)
    assert (part.count, len(part.messages)) == (3, 2)
    known = page_hash(number for m in part.messages for number in (m.id, 0))
    same = await client(history(bob, limit=2, known=known))
    assert isinstance(same, types.messages.MessagesNotModified)
    assert same.count == 3
    await world.edit(world.history(ANN, BOB)[-1], text="Three, edited")
    changed = await client(history(bob, limit=2, known=known))
    assert changed.messages[0].message == "Three, edited"
    posts = await client(history(await client.get_input_entity("the_news")))
    assert isinstance(posts, types.messages.ChannelMessages)
    assert (posts.count, news.title) == (0, posts.chats[0].title)


async def test_all_dialogs_are_dialogs_and_a_part_is_a_slice(client: Any, world: World) -> None:
    """https://core.telegram.org/type/messages.Dialogs"""
    assert isinstance(await client(dialogs()), types.messages.Dialogs)
    for person in (BOB, EVE):
        await world.send(person, ANN, text="Hello")
    whole, part = await client(dialogs()), await client(dialogs(limit=1))
    assert isinstance(whole, types.messages.Dialogs)
    assert isinstance(part, types.messages.DialogsSlice)
    assert (len(whole.dialogs), len(part.dialogs), part.count) == (2, 1, 2)
    known = page_hash(
        number
        for one in whole.dialogs
        for number in (one.top_message, one.read_inbox_max_id, one.read_outbox_max_id)
    )
    same = await client(dialogs(known=known))
    assert isinstance(same, types.messages.DialogsNotModified)
    assert same.count == 2
    await world.send(EVE, ANN, text="News")
    assert isinstance(await client(dialogs(known=known)), types.messages.Dialogs)


async def test_a_message_that_is_gone_is_empty(
    client: Any, bob: Any, world: World, news: ChatRecord
) -> None:
    """https://core.telegram.org/constructor/messageEmpty"""
    made = await client(SendMessageRequest(bob, "Hello", random_id=1))
    wanted: list[Any] = [types.InputMessageID(made.id), types.InputMessageID(77)]
    there, gone = (await client(GetMessagesRequest(wanted))).messages
    assert there.message == "Hello"
    assert isinstance(gone, types.MessageEmpty)
    await world.send(ANN, news.id, text="Post")
    channel = await client.get_input_entity("the_news")
    posts = (await client(GetPostsRequest(channel, [types.InputMessageID(9)]))).messages
    assert [type(one) for one in posts] == [types.MessageEmpty]


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("contact_sign_up", types.MessageActionContactSignUp),
        ("phone_call", types.MessageActionPhoneCall),
        ("screenshot_taken", types.MessageActionScreenshotTaken),
    ],
)
async def test_service_messages_are_in_histories_dialogs_and_differences(
    client: Any, bob: Any, world: World, service: Any, action: type
) -> None:
    """https://core.telegram.org/constructor/messageService"""
    before = await client(GetStateRequest())
    await Person(world, BOB).announce(ANN, service)
    answers = (
        await client(history(bob)),
        await client(dialogs()),
        await client(GetPeerDialogsRequest([types.InputDialogPeer(bob)])),
    )
    missed = await client(GetDifferenceRequest(pts=before.pts, date=before.date, qts=0))
    for messages in (*(answer.messages for answer in answers), missed.new_messages):
        [message] = messages
        assert isinstance(message, types.MessageService)
        assert isinstance(message.action, action)
        assert (message.out, message.peer_id, message.from_id) == (False, types.PeerUser(BOB), None)


async def test_a_pin_is_a_service_message_that_replies_to_the_pinned_one(
    client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/constructor/messageActionPinMessage"""
    first = await world.send(BOB, ANN, text="Read this")
    extra = {"service": "pinned_message"}
    await world.send(BOB, ANN, reply_to=first.id, extra=extra)
    note, pinned = (await client(history(bob))).messages
    assert isinstance(note.action, types.MessageActionPinMessage)
    assert note.reply_to.reply_to_msg_id == pinned.id


async def test_a_group_that_banned_the_account_is_forbidden(client: Any, world: World) -> None:
    """https://core.telegram.org/constructor/chatForbidden"""
    team = world.open_chat("group", "Team", BOB)
    world.join(team.id, ANN)
    await world.send(BOB, team.id, text="Hi")
    world.leave(team.id, ANN)
    [left] = (await client(dialogs())).chats
    assert (type(left), left.left) == (types.Chat, True)
    world.leave(team.id, ANN, banned=True)
    [forbidden] = (await client(dialogs())).chats
    assert (type(forbidden), forbidden.id, forbidden.title) == (
        types.ChatForbidden,
        -team.id,
        "Team",
    )
