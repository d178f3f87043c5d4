"""Dialogs: the list of an account's conversations, and single ones."""

from __future__ import annotations

import time
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc.context import Context
from sandbox.rpc.histories import MAX_PAGE, messages_and_peers
from sandbox.rpc.offsets import moment, page_hash
from sandbox.rpc.peers import peer
from sandbox.rpc.registry import handles
from sandbox.world import has_own_box, pin_dialog


@handles(functions.messages.GetDialogsRequest)
async def get_dialogs(context: Context, call: Call) -> Any:
    """Return a page of the conversations, also of those that others have begun.

    The first page begins with the pinned ones; the others follow, the latest first. It is
    `messages.dialogs` when the page has every conversation, else a slice. A page that the client
    has (by `hash`) is not returned.
    """
    request, account = call.request, call.account
    if request.folder_id:
        return types.messages.Dialogs([], [], [], [])
    chats = context.world.chats(account)
    pinned = [one for one in context.world.pinned_chats[account] if one in chats]
    others = [one for one in chats if one not in pinned]
    if request.exclude_pinned:
        pinned, chats = [], others
    following = _after_offset(context, account, others, request)
    page = (following if _has_offset(request) else [*pinned, *following])[
        : max(0, min(request.limit, MAX_PAGE))
    ]
    what = _conversations(context, account, page)
    known = page_hash(
        number
        for one in what["dialogs"]
        for number in (one.top_message, one.read_inbox_max_id, one.read_outbox_max_id)
    )
    if request.hash and request.hash == known:
        return types.messages.DialogsNotModified(len(chats))
    if len(page) == len(chats):
        return types.messages.Dialogs(**what)
    return types.messages.DialogsSlice(count=len(chats), **what)


def _has_offset(request: Any) -> bool:
    has_peer = not isinstance(request.offset_peer, types.InputPeerEmpty)
    return bool(moment(request.offset_date) or request.offset_id or has_peer)


def _after_offset(context: Context, account: int, chats: list[int], request: Any) -> list[int]:
    """Return the conversations below the one at which the last page ended.

    While its top message is the same, that is its place. Otherwise the date and then the id of the
    top message decide, so that a conversation that moved up in between hides none.
    """
    if not _has_offset(request):
        return chats
    tops = {chat: context.world.history(account, chat)[-1] for chat in chats}
    last = context.peers.marked_id(account, request.offset_peer)
    if last in tops and request.offset_id in (0, tops[last].id):
        return chats[chats.index(last) + 1 :]
    date = moment(request.offset_date)
    if not date:
        return [chat for chat, top in tops.items() if top.id < request.offset_id]
    offset = (date, request.offset_id)
    return [chat for chat, top in tops.items() if (top.date, top.id) < offset]


@handles(functions.messages.GetPinnedDialogsRequest)
async def get_pinned_dialogs(context: Context, call: Call) -> Any:
    pinned = [] if call.request.folder_id else context.world.pinned_chats[call.account]
    return _peer_dialogs(context, call.account, pinned)


@handles(functions.messages.ToggleDialogPinRequest)
async def toggle_dialog_pin(context: Context, call: Call) -> bool:
    chat = context.peers.resolve_id(call.account, call.request.peer.peer)
    try:
        pin_dialog(context.world, call.account, chat, bool(call.request.pinned))
    except ValueError:
        raise refuse("PINNED_DIALOGS_TOO_MUCH") from None
    return True


@handles(functions.messages.GetPeerDialogsRequest)
async def get_peer_dialogs(context: Context, call: Call) -> Any:
    chats = [
        context.peers.resolve_id(call.account, wanted.peer)
        for wanted in call.request.peers
        if isinstance(wanted, types.InputDialogPeer)
    ]
    return _peer_dialogs(context, call.account, chats)


def _peer_dialogs(context: Context, account: int, chats: list[int]) -> Any:
    state = types.updates.State(context.world.pts(account), 0, int(time.time()), 0, 0)
    return types.messages.PeerDialogs(**_conversations(context, account, chats), state=state)


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
                pinned=chat in world.pinned_chats[account],
                pts=world.pts(chat) if has_own_box(chat) else None,
            )
        )
    return {"dialogs": dialogs, **messages_and_peers(context, account, tops, {account, *chats})}
