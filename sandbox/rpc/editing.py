"""Editing messages, and deleting them for everybody or for the account."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc import serializers
from sandbox.rpc.context import Context
from sandbox.rpc.messages import MAX_CAPTION, MAX_TEXT
from sandbox.rpc.registry import handles
from sandbox.rpc.updates import as_update
from sandbox.world import ChatRecord, Message, MessageEdited


@handles(functions.messages.EditMessageRequest)
async def edit_message(context: Context, call: Call) -> Any:
    request = call.request
    chat = context.peers.resolve_id(call.account, request.peer)
    message = _own(context, call.account, chat, request.id)
    text = request.message or ""
    longest = MAX_CAPTION if message.media else MAX_TEXT
    if serializers.units(text) > longest:
        raise refuse("MEDIA_CAPTION_TOO_LONG" if message.media else "MESSAGE_TOO_LONG")
    if not text.strip() and message.media is None:
        raise refuse("MESSAGE_EMPTY")
    entities = serializers.read_entities(context, call.account, text, request.entities)
    if (text, entities) == (message.text, message.entities):
        raise refuse("MESSAGE_NOT_MODIFIED")
    await context.world.edit(message, text=text, entities=entities)
    edited = MessageEdited(message, context.world.pts(message.owner_id))
    update = as_update(context, call.account, edited)
    ids = {call.account} | serializers.peer_ids(context, message)
    return serializers.bundle(context, call.account, [update], ids)


@handles(functions.messages.DeleteMessagesRequest)
async def delete_messages(context: Context, call: Call) -> Any:
    """Delete from the account's box; with `revoke` from the boxes of all."""
    box = context.world.boxes[call.account]
    found = [box[i] for i in call.request.id if i in box]
    for message in found:
        await context.world.delete(message, revoke=bool(call.request.revoke))
    return types.messages.AffectedMessages(context.world.pts(call.account), len(found))


@handles(functions.channels.DeleteMessagesRequest)
async def delete_channel_messages(context: Context, call: Call) -> Any:
    chat = context.peers.resolve_chat(call.account, call.request.channel)
    box = context.world.boxes[chat.id]
    found = [box[i] for i in call.request.id if i in box]
    if any(m.sender_id != call.account and not _is_admin(chat, call.account) for m in found):
        raise refuse("MESSAGE_DELETE_FORBIDDEN")
    for message in found:
        await context.world.delete(message)
    return types.messages.AffectedMessages(context.world.pts(chat.id), len(found))


def _own(context: Context, account: int, chat: int, message_id: int) -> Message:
    """Return a message that this account may edit: its own, or as an administrator a channel's."""
    message = context.world.boxes[context.world.box_of(account, chat)].get(message_id)
    if message is None or message.chat_id != chat:
        raise refuse("MESSAGE_ID_INVALID")
    posted = serializers.is_post(context, message) and _is_admin(
        context.world.chat_records[chat], account
    )
    if message.sender_id != account and not posted:
        raise refuse("MESSAGE_AUTHOR_REQUIRED")
    return message


def _is_admin(chat: ChatRecord, account: int) -> bool:
    return account in chat.members and chat.members[account].admin
