"""Documented constructors that the world does not reach by itself, as scripted faults."""

from __future__ import annotations

from typing import Any

import pytest
from telethon import errors
from telethon.tl import types
from telethon.tl.functions.channels import GetChannelsRequest
from telethon.tl.functions.contacts import ResolveUsernameRequest
from telethon.tl.functions.messages import GetChatsRequest
from telethon.tl.functions.users import GetUsersRequest

from sandbox.faults import Emptied, Faults, Substitute
from sandbox.world import ChatRecord, World
from tests.conformance.mtproto.requests import dialogs, history
from tests.sandbox.mtproto.conftest import ANN, BOB


async def test_an_answer_can_lack_its_users(client: Any, faults: Faults) -> None:
    """https://core.telegram.org/constructor/contacts.resolvedPeer"""
    faults.script(Emptied(("users",)), method="contacts.resolveUsername")
    answer = await client(ResolveUsernameRequest("bob_reads"))
    assert (answer.peer, answer.users) == (types.PeerUser(BOB), [])
    assert len((await client(ResolveUsernameRequest("bob_reads"))).users) == 1


@pytest.mark.parametrize(
    ("constructor", "kind"),
    [
        ("messages.messagesNotModified", types.messages.MessagesNotModified),
        ("messages.messagesSlice", types.messages.MessagesSlice),
        ("messages.channelMessages", types.messages.ChannelMessages),
        ("messages.messages", types.messages.Messages),
    ],
)
async def test_an_answer_can_be_another_constructor(
    client: Any, bob: Any, world: World, faults: Faults, constructor: str, kind: type
) -> None:
    """https://core.telegram.org/type/messages.Messages"""
    await world.send(BOB, ANN, text="Hello")
    faults.script(Substitute(constructor), method="messages.getHistory")
    assert type(await client(history(bob))) is kind
    assert type(await client(history(bob))) is types.messages.Messages


@pytest.mark.parametrize(
    ("constructor", "field", "kind"),
    [
        ("userEmpty", "users", types.UserEmpty),
        ("messageEmpty", "messages", types.MessageEmpty),
        ("messageService", "messages", types.MessageService),
        ("chatEmpty", "chats", types.ChatEmpty),
        ("chatForbidden", "chats", types.ChatForbidden),
        ("channelForbidden", "chats", types.ChannelForbidden),
        ("dialogFolder", "dialogs", types.DialogFolder),
    ],
)
async def test_parts_of_an_answer_can_be_another_constructor(
    client: Any,
    world: World,
    news: ChatRecord,
    faults: Faults,
    constructor: str,
    field: str,
    kind: type,
) -> None:
    """https://core.telegram.org/type/messages.Dialogs"""
    await world.send(BOB, ANN, text="Hello")
    await world.send(ANN, news.id, text="Post")
    usual = await client(dialogs())
    faults.script(Substitute(constructor), method="messages.getDialogs")
    answer = await client(dialogs())
    assert {type(one) for one in getattr(answer, field)} == {kind}
    if constructor != "dialogFolder":
        assert [one.id for one in getattr(answer, field)] == [
            one.id for one in getattr(usual, field)
        ]


@pytest.mark.usefixtures("news")
async def test_dialogs_and_users_can_be_told_to_be_unchanged_or_empty(
    client: Any, bob: Any, faults: Faults
) -> None:
    """https://core.telegram.org/constructor/userEmpty"""
    faults.script(Substitute("messages.dialogsNotModified"), method="messages.getDialogs")
    assert type(await client(dialogs())) is types.messages.DialogsNotModified
    faults.script(Substitute("userEmpty"), method="users.getUsers")
    [empty] = await client(GetUsersRequest([bob]))
    assert (type(empty), empty.id) == (types.UserEmpty, BOB)
    faults.script(Substitute("channelForbidden"), method="channels.getChannels")
    channel = await client.get_input_entity("the_news")
    [forbidden] = (await client(GetChannelsRequest([channel]))).chats
    assert (forbidden.title, forbidden.access_hash) == ("News", channel.access_hash)


async def test_a_substitute_that_fits_nowhere_is_an_error(
    client: Any, faults: Faults, world: World
) -> None:
    """https://core.telegram.org/schema"""
    team = world.open_chat("group", "Team", ANN)
    for wrong, name in (
        (Substitute("userEmty"), "UNKNOWN_CONSTRUCTOR"),
        (Substitute("messages.foundStickers"), "NO_PLACE_FOR"),
        (Emptied(("usrs",)), "NO_LIST"),
    ):
        faults.script(wrong, method="messages.getChats")
        with pytest.raises(errors.RPCError, match=f"SANDBOX_{name}"):
            await client(GetChatsRequest([-team.id]))
