"""Reading: dialogs, histories, messages by id, and marking them as read."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call
from sandbox.rpc import serializers
from sandbox.rpc.context import Context
from sandbox.rpc.peers import peer
from sandbox.rpc.registry import handles
from sandbox.world import Message, has_own_box

MAX_PAGE = 100


@handles(functions.messages.GetHistoryRequest)
async def get_history(context: Context, call: Call) -> Any:
    request = call.request
    chat = context.peers.resolve_id(call.account, request.peer)
    newest_first = context.world.history(call.account, chat)[::-1]
    page = [
        m
        for m in _page(newest_first, request)
        if (not request.max_id or m.id < request.max_id) and m.id > request.min_id
    ]
    what = _messages(context, call.account, page, {call.account, chat})
    if has_own_box(chat):
        pts = context.world.pts(chat)
        return types.messages.ChannelMessages(pts=pts, count=len(newest_first), topics=[], **what)
    return types.messages.MessagesSlice(count=len(newest_first), topics=[], **what)


def _page(newest_first: list[Message], request: Any) -> list[Message]:
    """Apply offset, add_offset and limit of getHistory (core.telegram.org/api/offsets)."""
    if request.offset_id:
        skipped = sum(m.id >= request.offset_id for m in newest_first)
    else:
        skipped = sum(m.date >= (_moment(request.offset_date) or math.inf) for m in newest_first)
    start = skipped + request.add_offset
    return newest_first[max(start, 0) : max(start + min(request.limit, MAX_PAGE), 0)]


def _moment(date: datetime | None) -> float:
    return date.timestamp() if date else 0


@handles(functions.messages.GetMessagesRequest)
async def get_messages(context: Context, call: Call) -> Any:
    found, empty = _wanted(context.world.boxes[call.account], call.request.id)
    what = _messages(context, call.account, found, {call.account})
    what["messages"] += empty
    return types.messages.Messages(topics=[], **what)


@handles(functions.channels.GetMessagesRequest)
async def get_channel_messages(context: Context, call: Call) -> Any:
    chat = context.peers.resolve_chat(call.account, call.request.channel)
    found, empty = _wanted(context.world.boxes[chat.id], call.request.id)
    what = _messages(context, call.account, found, {call.account, chat.id})
    what["messages"] += empty
    pts, count = context.world.pts(chat.id), len(found)
    return types.messages.ChannelMessages(pts=pts, count=count, topics=[], **what)


@handles(functions.messages.GetDialogsRequest)
async def get_dialogs(context: Context, call: Call) -> Any:
    """Return the latest dialogs first; a page continues after `offset_peer`."""
    chats = context.world.chats(call.account)
    before = context.peers.marked_id(call.account, call.request.offset_peer)
    start = chats.index(before) + 1 if before in chats else 0
    page = chats[start : start + min(call.request.limit, MAX_PAGE)]
    return types.messages.DialogsSlice(
        count=len(chats), **_conversations(context, call.account, page)
    )


@handles(functions.messages.GetPeerDialogsRequest)
async def get_peer_dialogs(context: Context, call: Call) -> Any:
    chats = [
        context.peers.resolve_id(call.account, wanted.peer)
        for wanted in call.request.peers
        if isinstance(wanted, types.InputDialogPeer)
    ]
    state = types.updates.State(context.world.pts(call.account), 0, int(time.time()), 0, 0)
    return types.messages.PeerDialogs(**_conversations(context, call.account, chats), state=state)


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


def _wanted(box: dict[int, Message], wanted: list[Any]) -> tuple[list[Message], list[Any]]:
    """Return the messages of a box that exist, and MessageEmpty for the other ids."""
    ids = [getattr(one, "id", one) for one in wanted]
    return [box[i] for i in ids if i in box], [types.MessageEmpty(i) for i in ids if i not in box]


def _messages(
    context: Context, viewer: int, messages: Iterable[Message], ids: set[int]
) -> dict[str, list[Any]]:
    """Return the fields `messages`, `users` and `chats`, with all peers of these messages."""
    told = list(messages)
    everybody = ids.union(*(serializers.peer_ids(context, m) for m in told))
    return {
        "messages": [serializers.message(context, viewer, m) for m in told],
        **context.peers.users_and_chats(viewer, everybody),
    }


def _conversations(context: Context, account: int, chats: list[int]) -> dict[str, Any]:
    """Return the fields that getDialogs and getPeerDialogs share."""
    world, tops, dialogs = context.world, [], []
    for chat in chats:
        history = world.history(account, chat)
        read = world.inbox_read[account, chat]
        tops += history[-1:]
        dialogs.append(
            types.Dialog(
                peer=peer(chat),
                top_message=history[-1].id if history else 0,
                read_inbox_max_id=read,
                read_outbox_max_id=world.outbox_read[account, chat],
                unread_count=sum(1 for m in history if m.sender_id != account and m.id > read),
                unread_mentions_count=0,
                unread_reactions_count=0,
                unread_poll_votes_count=0,
                notify_settings=types.PeerNotifySettings(),
                pts=world.pts(chat) if has_own_box(chat) else None,
            )
        )
    return {"dialogs": dialogs, **_messages(context, account, tops, {account, *chats})}
