"""The rights to post in channels and groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.channels import JoinChannelRequest
from telethon.tl.functions.messages import SendMediaRequest, SendMessageRequest
from telethon.tl.types import InputMediaUploadedDocument, InputMediaUploadedPhoto, InputPeerChannel

from sandbox.rpc import MtprotoServer
from sandbox.world import ChatRecord, World
from tests.conformance.mtproto.test_files import png
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect

Sent = Callable[[], list[dict[str, Any]]]


async def test_only_admins_with_the_right_post_in_a_channel(
    connect: Connect, world: World, news: ChatRecord, sent: Sent
) -> None:
    """https://core.telegram.org/api/rights"""
    bob = await connect(BOB)
    post = SendMessageRequest(await bob.get_input_entity("the_news"), "Hi", random_id=1)
    with pytest.raises(errors.ChatAdminRequiredError):
        await bob(post)
    world.join(news.id, BOB, admin=True, posts=False)
    with pytest.raises(errors.ChatWriteForbiddenError):
        await bob(post)
    world.join(news.id, BOB, admin=True)
    await bob(post)
    assert len(sent()) == 1


@pytest.mark.parametrize(
    ("allowed", "kind", "error"),
    [
        ((), "text", errors.ChatWriteForbiddenError),
        (("photo",), "text", errors.ChatSendPlainForbiddenError),
        (("text",), "photo", errors.ChatSendMediaForbiddenError),
        (("text", "document"), "photo", errors.ChatSendPhotosForbiddenError),
        (("text", "photo"), "document", errors.ForbiddenError),
    ],
    ids=["nothing", "no text", "no media", "no photos", "no documents"],
)
async def test_a_groups_default_rights_apply_to_members(
    client: Any,
    talk: ChatRecord,
    sent: Sent,
    allowed: tuple[Any, ...],
    kind: str,
    error: type[Exception],
) -> None:
    """https://core.telegram.org/api/rights#default-rights"""
    talk.allowed = frozenset(allowed)
    to = await client.get_input_entity("the_talk")
    file = await client.upload_file(png(), file_name="a.png")
    what: Any = {
        "text": SendMessageRequest(to, "Hi", random_id=1),
        "photo": SendMediaRequest(to, InputMediaUploadedPhoto(file), "", random_id=1),
        "document": SendMediaRequest(
            to, InputMediaUploadedDocument(file, "text/plain", []), "", random_id=1
        ),
    }[kind]
    with pytest.raises(error):
        await client(what)
    assert sent() == []
    talk.members[ANN].admin = True
    await client(what)
    assert len(sent()) == 1


async def test_muted_people_and_strangers_cannot_write(
    connect: Connect, client: Any, world: World, talk: ChatRecord
) -> None:
    """https://core.telegram.org/method/messages.sendMessage#possible-errors"""
    world.join(talk.id, ANN, muted=True)
    to = await client.get_input_entity("the_talk")
    with pytest.raises(errors.UserBannedInChannelError):
        await client(SendMessageRequest(to, "Hi", random_id=1))
    eve = await connect(EVE)
    with pytest.raises(errors.ChatWriteForbiddenError):
        await eve(SendMessageRequest(await eve.get_input_entity("the_talk"), "Hi", random_id=1))


async def test_a_banned_person_cannot_read_the_chat(
    client: Any, world: World, talk: ChatRecord
) -> None:
    """https://core.telegram.org/method/channels.getChannels#possible-errors"""
    to = await client.get_input_entity("the_talk")
    world.leave(talk.id, ANN, banned=True)
    for call in (SendMessageRequest(to, "Hi", random_id=1), JoinChannelRequest(to)):
        with pytest.raises(errors.ChannelPrivateError):
            await client(call)


async def test_a_private_channel_is_closed_to_strangers(
    client: Any, world: World, server: MtprotoServer
) -> None:
    """https://core.telegram.org/api/peers#access-hash"""
    secret = world.open_chat("channel", "Secret", BOB)
    number = -secret.id - 10**12
    with pytest.raises(errors.ChannelInvalidError):
        await client(SendMessageRequest(InputPeerChannel(number, 0), "Hi", random_id=1))
    known = InputPeerChannel(number, server.access_hash(ANN, secret.id))
    with pytest.raises(errors.ChannelPrivateError):
        await client(SendMessageRequest(known, "Hi", random_id=1))


async def test_slow_mode_says_how_long_to_wait(client: Any, talk: ChatRecord, sent: Sent) -> None:
    """https://core.telegram.org/method/channels.toggleSlowMode"""
    talk.slow_mode = 30
    to = await client.get_input_entity("the_talk")
    await client(SendMessageRequest(to, "One", random_id=1))
    with pytest.raises(errors.SlowModeWaitError) as refused:
        await client(SendMessageRequest(to, "Two", random_id=2))
    assert 28 <= refused.value.seconds <= 30
    talk.members[ANN].admin = True
    await client(SendMessageRequest(to, "Two", random_id=2))
    assert len(sent()) == 2
