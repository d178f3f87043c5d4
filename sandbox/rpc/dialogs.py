"""Dialogs: the list of an account's conversations, and single ones."""

from __future__ import annotations

import time
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call
from sandbox.rpc.context import Context
from sandbox.rpc.histories import MAX_PAGE, messages_and_peers
from sandbox.rpc.offsets import page_hash
from sandbox.rpc.peers import peer
from sandbox.rpc.registry import handles
from sandbox.world import has_own_box


@handles(functions.messages.GetDialogsRequest)
async def get_dialogs(context: Context, call: Call) -> Any:
    """Return the latest dialogs first; a page continues after `offset_peer`.

    It is `messages.dialogs` when the page has every dialog, else a slice. A page that the client
    has (by `hash`) is not returned.
    """
    chats = context.world.chats(call.account)
    before = context.peers.marked_id(call.account, call.request.offset_peer)
    start = chats.index(before) + 1 if before in chats else 0
    page = chats[start : start + min(call.request.limit, MAX_PAGE)]
    what = _conversations(context, call.account, page)
    known = page_hash(
        number
        for one in what["dialogs"]
        for number in (one.top_message, one.read_inbox_max_id, one.read_outbox_max_id)
    )
    if call.request.hash and call.request.hash == known:
        return types.messages.DialogsNotModified(len(chats))
    if len(page) == len(chats):
        return types.messages.Dialogs(**what)
    return types.messages.DialogsSlice(count=len(chats), **what)


@handles(functions.messages.GetPeerDialogsRequest)
async def get_peer_dialogs(context: Context, call: Call) -> Any:
    chats = [
        context.peers.resolve_id(call.account, wanted.peer)
        for wanted in call.request.peers
        if isinstance(wanted, types.InputDialogPeer)
    ]
    state = types.updates.State(context.world.pts(call.account), 0, int(time.time()), 0, 0)
    return types.messages.PeerDialogs(**_conversations(context, call.account, chats), state=state)


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
    return {"dialogs": dialogs, **messages_and_peers(context, account, tops, {account, *chats})}
