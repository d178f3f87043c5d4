"""Sending texts, media and albums; a repeated random_id returns the first call's message."""

from __future__ import annotations

import secrets
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc import serializers
from sandbox.rpc.context import Context
from sandbox.rpc.files import read_album, read_media
from sandbox.rpc.registry import handles
from sandbox.rpc.rights import check_may_write
from sandbox.world import Entity, Media, Message, has_own_box

MAX_TEXT, MAX_CAPTION = 4096, 1024
MAX_ALBUM = 10


@handles(functions.messages.SendMessageRequest)
async def send_message(context: Context, call: Call) -> Any:
    """Answer a text to a person with UpdateShortSentMessage, anything else with Updates."""
    request = call.request
    recipient = context.peers.resolve_id(call.account, request.peer)
    made = context.random_ids.find(call.account, recipient, request.random_id)
    if made is not None:
        return _repeated(context, call.account, [made])
    entities = _read_text(context, call.account, request, MAX_TEXT, "MESSAGE_TOO_LONG")
    if not request.message.strip():
        raise refuse("MESSAGE_EMPTY")
    check_may_write(context, call, recipient, "text")
    message = await _send(context, call, recipient, request, entities)
    if recipient < 0:
        return _sent(context, call.account, [message])
    return types.UpdateShortSentMessage(
        out=True,
        id=message.id,
        pts=message.pts,
        pts_count=1,
        date=message.date,
        entities=serializers.entities(message),
    )


@handles(functions.messages.SendMediaRequest)
async def send_media(context: Context, call: Call) -> Any:
    request = call.request
    recipient = context.peers.resolve_id(call.account, request.peer)
    made = context.random_ids.find(call.account, recipient, request.random_id)
    if made is not None:
        return _repeated(context, call.account, [made])
    entities = _read_caption(context, call.account, request)
    media = read_media(context, call.account, request.media)
    check_may_write(context, call, recipient, media.kind)
    message = await _send(context, call, recipient, request, entities, media)
    return _sent(context, call.account, [message])


@handles(functions.messages.SendMultiMediaRequest)
async def send_multi_media(context: Context, call: Call) -> Any:
    """Send an album; items whose random_id was sent before are not sent again."""
    account, items = call.account, call.request.multi_media
    recipient = context.peers.resolve_id(account, call.request.peer)
    found = [context.random_ids.find(account, recipient, item.random_id) for item in items]
    made = [message for message in found if message is not None]
    if not items:
        raise refuse("MEDIA_EMPTY")
    if len(made) == len(items):
        return _repeated(context, account, made)
    if len(items) > MAX_ALBUM:
        raise refuse("MULTI_MEDIA_TOO_LONG")
    captions = [_read_caption(context, account, item) for item in items]
    album = read_album(context, account, [item.media for item in items])
    check_may_write(context, call, recipient, *(media.kind for media in album))
    group = made[0].grouped_id if made else secrets.randbits(62)
    parts = [
        before or await _send(context, call, recipient, item, entities, media, group)
        for before, item, entities, media in zip(found, items, captions, album, strict=True)
    ]
    return _sent(context, account, parts)


async def _send(
    context: Context,
    call: Call,
    recipient: int,
    request: Any,
    entities: tuple[Entity, ...],
    media: Media | None = None,
    grouped_id: int | None = None,
) -> Message:
    """Store a validated message; `request` is an item of the album for an album."""
    reply_to = call.request.reply_to
    message = await context.world.send(
        call.account,
        recipient,
        text=request.message,
        entities=entities,
        media=media,
        reply_to=reply_to.reply_to_msg_id if reply_to is not None else None,
        grouped_id=grouped_id,
        random_id=request.random_id,
    )
    context.random_ids.remember(message)
    return message


def _read_text(
    context: Context, account: int, request: Any, longest: int, error: str
) -> tuple[Entity, ...]:
    """Return the entities; raises `error` for a text that exceeds `longest` UTF-16 units."""
    if getattr(request, "schedule_date", None) is not None:
        raise refuse("SANDBOX_CANNOT_SCHEDULE")
    if serializers.units(request.message) > longest:
        raise refuse(error)
    return serializers.read_entities(context, account, request.message, request.entities)


def _read_caption(context: Context, account: int, request: Any) -> tuple[Entity, ...]:
    return _read_text(context, account, request, MAX_CAPTION, "MEDIA_CAPTION_TOO_LONG")


def _sent(context: Context, account: int, messages: list[Message]) -> Any:
    return _answer(context, account, messages, [(m.pts, 1) for m in messages])


def _repeated(context: Context, account: int, messages: list[Message]) -> Any:
    """Answer with the messages of the first call, and pts_count 0."""
    pts = context.world.pts(messages[0].owner_id)
    return _answer(context, account, messages, [(pts, 0)] * len(messages))


def _answer(
    context: Context, account: int, messages: list[Message], counts: list[tuple[int, int]]
) -> Any:
    new = types.UpdateNewMessage
    if has_own_box(messages[0].chat_id):
        new = types.UpdateNewChannelMessage
    updates: list[Any] = [types.UpdateMessageID(m.id, m.random_id) for m in messages]
    updates += [
        new(serializers.message(context, account, m), pts, pts_count)
        for m, (pts, pts_count) in zip(messages, counts, strict=True)
    ]
    ids = {account}.union(*(serializers.peer_ids(context, m) for m in messages))
    return serializers.bundle(context, account, updates, ids)
