"""Reading what is there: conversations, histories, read marks; editing and deleting."""

from __future__ import annotations

import time
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc import shapes
from sandbox.rpc.desk import Desk
from sandbox.rpc.registry import answers
from sandbox.world import Message

MOST_AT_ONCE = 100


@answers(functions.messages.GetHistoryRequest)
async def get_history(desk: Desk, call: Call) -> Any:
    request = call.request
    chat = desk.peers.resolve(call.account, request.peer)
    newest_first = desk.world.history(call.account, chat.id)[::-1]
    fitting = [
        m
        for m in newest_first
        if (not request.offset_id or m.id < request.offset_id)
        and (not request.max_id or m.id < request.max_id)
        and m.id > request.min_id
    ]
    start = max(request.add_offset, 0)
    page = fitting[start : start + min(request.limit, MOST_AT_ONCE)]
    return types.messages.MessagesSlice(
        count=len(newest_first),
        messages=[shapes.message(desk, m) for m in page],
        topics=[],
        chats=[],
        users=desk.peers.users(call.account, {call.account, chat.id}),
    )


@answers(functions.messages.GetMessagesRequest)
async def get_messages(desk: Desk, call: Call) -> Any:
    box = desk.world.boxes[call.account]
    ids = [wanted.id for wanted in call.request.id]
    found = [box[i] for i in ids if i in box]
    empty = [types.MessageEmpty(id=i) for i in ids if i not in box]
    return types.messages.Messages(
        messages=[*(shapes.message(desk, m) for m in found), *empty],
        topics=[],
        chats=[],
        users=desk.peers.users(call.account, {call.account, *(m.chat_id for m in found)}),
    )


@answers(functions.messages.GetDialogsRequest)
async def get_dialogs(desk: Desk, call: Call) -> Any:
    offset, limit = call.request.offset_id, min(call.request.limit, MOST_AT_ONCE)
    latest = [(c, desk.world.history(call.account, c)[-1]) for c in desk.world.chats(call.account)]
    page = [(chat, last) for chat, last in latest if not offset or last.id < offset][:limit]
    return types.messages.DialogsSlice(
        count=len(latest), **_conversations(desk, call.account, [chat for chat, _ in page])
    )


@answers(functions.messages.GetPeerDialogsRequest)
async def get_peer_dialogs(desk: Desk, call: Call) -> Any:
    chats = [
        desk.peers.resolve(call.account, wanted.peer).id
        for wanted in call.request.peers
        if isinstance(wanted, types.InputDialogPeer)
    ]
    state = types.updates.State(desk.world.pts(call.account), 0, int(time.time()), 0, 0)
    return types.messages.PeerDialogs(**_conversations(desk, call.account, chats), state=state)


@answers(functions.messages.ReadHistoryRequest)
async def read_history(desk: Desk, call: Call) -> Any:
    chat = desk.peers.resolve(call.account, call.request.peer)
    await desk.world.read(call.account, chat.id, up_to=call.request.max_id or None)
    return types.messages.AffectedMessages(desk.world.pts(call.account), 0)


@answers(functions.messages.EditMessageRequest)
async def edit_message(desk: Desk, call: Call) -> Any:
    request = call.request
    chat = desk.peers.resolve(call.account, request.peer)
    message = _own(desk, call.account, request.id)
    if message.chat_id != chat.id:
        raise refuse("MESSAGE_ID_INVALID")
    text = request.message or ""
    longest = 1024 if message.media else 4096
    if shapes.units(text) > longest:
        raise refuse("MEDIA_CAPTION_TOO_LONG" if message.media else "MESSAGE_TOO_LONG")
    if not text.strip() and message.media is None:
        raise refuse("MESSAGE_EMPTY")
    entities = shapes.read_entities(desk, call.account, text, request.entities)
    if (text, entities) == (message.text, message.entities):
        raise refuse("MESSAGE_NOT_MODIFIED")
    await desk.world.edit(message, text=text, entities=entities)
    update = types.UpdateEditMessage(shapes.message(desk, message), desk.world.pts(call.account), 0)
    return shapes.bundle(desk, call.account, [update], {call.account, chat.id})


@answers(functions.messages.DeleteMessagesRequest)
async def delete_messages(desk: Desk, call: Call) -> Any:
    """Takes every copy away; without `revoke` is not supported, and says so."""
    if not call.request.revoke:
        raise refuse("SANDBOX_DELETES_FOR_BOTH_ONLY")
    box = desk.world.boxes[call.account]
    for message in [box[i] for i in call.request.id if i in box]:
        await desk.world.delete(message)
    return types.messages.AffectedMessages(desk.world.pts(call.account), 0)


def _own(desk: Desk, account: int, message_id: int) -> Message:
    message = desk.world.boxes[account].get(message_id)
    if message is None:
        raise refuse("MESSAGE_ID_INVALID")
    if message.sender_id != account:
        raise refuse("MESSAGE_AUTHOR_REQUIRED")
    return message


def _conversations(desk: Desk, account: int, chats: list[int]) -> dict[str, Any]:
    """The fields that getDialogs and getPeerDialogs share."""
    world, tops, dialogs = desk.world, [], []
    for chat in chats:
        history = world.history(account, chat)
        read = world.inbox_read[account, chat]
        tops += history[-1:]
        dialogs.append(
            types.Dialog(
                peer=types.PeerUser(chat),
                top_message=history[-1].id if history else 0,
                read_inbox_max_id=read,
                read_outbox_max_id=world.outbox_read[account, chat],
                unread_count=sum(1 for m in history if not m.out and m.id > read),
                unread_mentions_count=0,
                unread_reactions_count=0,
                unread_poll_votes_count=0,
                notify_settings=types.PeerNotifySettings(),
            )
        )
    return {
        "dialogs": dialogs,
        "messages": [shapes.message(desk, m) for m in tops],
        "chats": [],
        "users": desk.peers.users(account, {account, *chats}),
    }
