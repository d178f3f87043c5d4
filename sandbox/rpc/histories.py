"""Reading: histories, messages by their ids, and marking them as read."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call
from sandbox.rpc import serializers
from sandbox.rpc.context import Context
from sandbox.rpc.offsets import moment, page_hash
from sandbox.rpc.registry import handles
from sandbox.world import Message, has_own_box

MAX_PAGE = 100


@handles(functions.messages.GetHistoryRequest)
async def get_history(context: Context, call: Call) -> Any:
    """Return a page of a conversation, the newest message first.

    It is `messages.messages` when the page is the whole conversation, else a slice. For a channel
    it is `messages.channelMessages`. A page that the client has (by `hash`) is not returned.
    """
    request = call.request
    chat = context.peers.resolve_id(call.account, request.peer)
    newest_first = context.world.history(call.account, chat)[::-1]
    page = [
        m
        for m in _page(newest_first, request)
        if (not request.max_id or m.id < request.max_id) and m.id > request.min_id
    ]
    count = len(newest_first)
    known = page_hash(number for m in page for number in (m.id, m.edited_at or 0))
    if request.hash and request.hash == known:
        return types.messages.MessagesNotModified(count)
    what = messages_and_peers(context, call.account, page, {call.account, chat})
    if has_own_box(chat):
        pts = context.world.pts(chat)
        return types.messages.ChannelMessages(pts=pts, count=count, topics=[], **what)
    if len(page) == count:
        return types.messages.Messages(topics=[], **what)
    return types.messages.MessagesSlice(count=count, topics=[], **what)


def _page(newest_first: list[Message], request: Any) -> list[Message]:
    """Apply offset, add_offset and limit of getHistory (core.telegram.org/api/offsets)."""
    if request.offset_id:
        skipped = sum(m.id >= request.offset_id for m in newest_first)
    else:
        skipped = sum(m.date >= (moment(request.offset_date) or math.inf) for m in newest_first)
    start = skipped + request.add_offset
    return newest_first[max(start, 0) : max(start + min(request.limit, MAX_PAGE), 0)]


@handles(functions.messages.GetMessagesRequest)
async def get_messages(context: Context, call: Call) -> Any:
    found, empty = _wanted(context.world.boxes[call.account], call.request.id)
    what = messages_and_peers(context, call.account, found, {call.account})
    what["messages"] += empty
    return types.messages.Messages(topics=[], **what)


@handles(functions.channels.GetMessagesRequest)
async def get_channel_messages(context: Context, call: Call) -> Any:
    chat = context.peers.resolve_chat(call.account, call.request.channel)
    found, empty = _wanted(context.world.boxes[chat.id], call.request.id)
    what = messages_and_peers(context, call.account, found, {call.account, chat.id})
    what["messages"] += empty
    pts, count = context.world.pts(chat.id), len(found)
    return types.messages.ChannelMessages(pts=pts, count=count, topics=[], **what)


@handles(functions.messages.ReadHistoryRequest)
async def read_history(context: Context, call: Call) -> Any:
    chat = context.peers.resolve_id(call.account, call.request.peer)
    await context.world.read(call.account, chat, up_to=call.request.max_id or None)
    return types.messages.AffectedMessages(context.world.pts(call.account), 0)


@handles(functions.channels.ReadHistoryRequest)
async def read_channel_history(context: Context, call: Call) -> bool:
    chat = context.peers.resolve_chat(call.account, call.request.channel)
    await context.world.read(call.account, chat.id, up_to=call.request.max_id or None)
    return True


def messages_and_peers(
    context: Context, viewer: int, messages: Iterable[Message], ids: set[int]
) -> dict[str, list[Any]]:
    """Return the fields `messages`, `users` and `chats`, with all peers of these messages."""
    told = list(messages)
    everybody = ids.union(*(serializers.peer_ids(context, m) for m in told))
    return {
        "messages": [serializers.message(context, viewer, m) for m in told],
        **context.peers.users_and_chats(viewer, everybody),
    }


def _wanted(box: dict[int, Message], wanted: list[Any]) -> tuple[list[Message], list[Any]]:
    """Return the messages of a box that exist, and MessageEmpty for the other ids."""
    ids = [getattr(one, "id", one) for one in wanted]
    missing = [types.MessageEmpty(one, peer_id=None) for one in ids if one not in box]
    return [box[one] for one in ids if one in box], missing
