"""Sending: text, media and albums, refused where the real server refuses, once per random_id."""

from __future__ import annotations

import secrets
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc import shapes
from sandbox.rpc.desk import Desk
from sandbox.rpc.files import read_media
from sandbox.rpc.registry import answers
from sandbox.world import Media, Message, PersonRecord

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
MOST_IN_ALBUM = 10


@answers(functions.messages.SendMessageRequest)
async def send_message(desk: Desk, call: Call) -> Any:
    request = call.request
    recipient = desk.peers.resolve(call.account, request.peer)
    made = desk.random_ids.find(call.account, recipient.id, request.random_id)
    if made is not None:
        return _repeated(desk, call.account, [made])
    _check_text(request.message, LONGEST_TEXT, "MESSAGE_TOO_LONG")
    if not request.message.strip():
        raise refuse("MESSAGE_EMPTY")
    message = await _send(desk, call, recipient, request)
    return types.UpdateShortSentMessage(
        out=True,
        id=message.id,
        pts=message.pts,
        pts_count=1,
        date=message.date,
        entities=shapes.entities(message),
    )


@answers(functions.messages.SendMediaRequest)
async def send_media(desk: Desk, call: Call) -> Any:
    request = call.request
    recipient = desk.peers.resolve(call.account, request.peer)
    made = desk.random_ids.find(call.account, recipient.id, request.random_id)
    if made is not None:
        return _repeated(desk, call.account, [made])
    _check_text(request.message, LONGEST_CAPTION, "MEDIA_CAPTION_TOO_LONG")
    media = read_media(desk, call.account, request.media)
    return _sent(desk, call.account, [await _send(desk, call, recipient, request, media)])


@answers(functions.messages.SendMultiMediaRequest)
async def send_multi_media(desk: Desk, call: Call) -> Any:
    request = call.request
    account, items = call.account, request.multi_media
    recipient = desk.peers.resolve(account, request.peer)
    found = [desk.random_ids.find(account, recipient.id, item.random_id) for item in items]
    made = [message for message in found if message is not None]
    if made and len(made) == len(items):
        return _repeated(desk, account, made)
    if not items:
        raise refuse("MEDIA_EMPTY")
    if len(items) > MOST_IN_ALBUM:
        raise refuse("MULTI_MEDIA_TOO_LONG")
    for item in items:
        _check_text(item.message, LONGEST_CAPTION, "MEDIA_CAPTION_TOO_LONG")
        if not isinstance(item.media, types.InputMediaPhoto | types.InputMediaDocument):
            raise refuse("MEDIA_INVALID")
    album = [read_media(desk, account, item.media) for item in items]
    group = secrets.randbits(62)
    return _sent(
        desk,
        account,
        [
            before or await _send(desk, call, recipient, item, media, group)
            for before, item, media in zip(found, items, album, strict=True)
        ],
    )


async def _send(
    desk: Desk,
    call: Call,
    recipient: PersonRecord,
    request: Any,
    media: Media | None = None,
    grouped_id: int | None = None,
) -> Message:
    """Check that the person may be written to and put the message into the world."""
    if getattr(request, "schedule_date", None) is not None:
        raise refuse("SANDBOX_CANNOT_SCHEDULE")
    entities = shapes.read_entities(desk, call.account, request.message, request.entities)
    check_reachable(desk, desk.world.people[call.account], recipient)
    reply_to = getattr(call.request, "reply_to", None)
    message = await desk.world.send(
        call.account,
        recipient.id,
        text=request.message,
        entities=entities,
        media=media,
        reply_to=reply_to.reply_to_msg_id if reply_to is not None else None,
        grouped_id=grouped_id,
        random_id=request.random_id,
    )
    desk.random_ids.remember(message)
    return message


def check_reachable(desk: Desk, sender: PersonRecord, recipient: PersonRecord) -> None:
    """Refuse what the recipient does not let this sender do."""
    if recipient.deleted:
        raise refuse("INPUT_USER_DEACTIVATED")
    if sender.id in recipient.blocked:
        raise refuse("USER_IS_BLOCKED")
    if recipient.id in sender.blocked:
        raise refuse("YOU_BLOCKED_USER")
    if sender.is_bot and recipient.is_bot:
        raise refuse("USER_IS_BOT")
    if recipient.accepts_strangers and not recipient.premium_only:
        return
    known = sender.id in recipient.contacts or sender.id == recipient.id
    if known or any(not m.out for m in desk.world.history(sender.id, recipient.id)):
        return
    raise refuse(
        "PRIVACY_PREMIUM_REQUIRED" if recipient.premium_only else "USER_PRIVACY_RESTRICTED"
    )


def _check_text(text: str, longest: int, error: str) -> None:
    if shapes.units(text) > longest:
        raise refuse(error)


def _sent(desk: Desk, account: int, messages: list[Message]) -> Any:
    return _answer(desk, account, messages, [(m.pts, 1) for m in messages])


def _repeated(desk: Desk, account: int, messages: list[Message]) -> Any:
    """What the first call made, without counting anything anew."""
    return _answer(desk, account, messages, [(desk.world.pts(account), 0)] * len(messages))


def _answer(
    desk: Desk, account: int, messages: list[Message], counts: list[tuple[int, int]]
) -> Any:
    updates: list[Any] = [types.UpdateMessageID(m.id, m.random_id) for m in messages]
    updates += [
        types.UpdateNewMessage(shapes.message(desk, m), pts, pts_count)
        for m, (pts, pts_count) in zip(messages, counts, strict=True)
    ]
    return shapes.bundle(desk, account, updates, {account, messages[0].chat_id})
