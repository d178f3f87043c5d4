"""Updates: pushed to connected clients, and fetched by clients that were offline.

core.telegram.org/api/updates: an account has one sequence (`pts`) for people and basic groups; each
channel and supergroup has its own.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, Session, refuse
from sandbox.rpc import serializers
from sandbox.rpc.context import Context
from sandbox.rpc.peers import bare, peer
from sandbox.rpc.registry import handles
from sandbox.world import (
    Event,
    Message,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
    RecordedEvent,
    has_own_box,
)

MAX_PAGE = 500
POLL_SECONDS = 30

# The session whose call is being answered: what it sends or edits comes with the answer only.
calling: ContextVar[Session | None] = ContextVar("calling", default=None)


def subscribe(context: Context, session: Session) -> None:
    """Push the events of the person signed in to this session from now on."""
    person_id = session.credential.person_id
    if person_id is None or session.declines_updates or session.subscribed_to == person_id:
        return

    def push(event: Event) -> None:
        credential = session.credential
        still_in = credential.person_id == person_id and credential.refusal is None
        ours = calling.get() is session and _is_answered(event, person_id)
        if still_in and not ours and (update := as_update(context, person_id, event)) is not None:
            named = _message_id_update(event, person_id)
            ids = _peers_of(context, event)
            session.push(serializers.bundle(context, person_id, [*named, update], ids))

    session.subscribed_to = person_id
    session.when_closed.append(context.world.subscribe(person_id, push))


@handles(functions.updates.GetStateRequest)
async def get_state(context: Context, call: Call) -> Any:
    return _state(context.world.pts(call.account))


@handles(functions.updates.GetDifferenceRequest)
async def get_difference(context: Context, call: Call) -> Any:
    """Return what the account missed.

    For a channel it says only that there is news, as on the real server.
    """
    account, missed = call.account, context.world.since(call.account, call.request.pts)
    with_news = _channels_with_news(context, account, call.request.date)
    if not missed and not with_news:
        return types.updates.DifferenceEmpty(date=int(time.time()), seq=0)
    page = missed[:MAX_PAGE]
    messages, others, ids = _as_difference(context, account, page)
    difference = {
        "new_messages": messages,
        "new_encrypted_messages": [],
        "other_updates": [
            *others,
            *(types.UpdateChannelTooLong(bare(c), context.world.pts(c)) for c in with_news),
        ],
        **context.peers.users_and_chats(account, {account, *ids, *with_news}),
    }
    state = _state(page[-1].pts if page else context.world.pts(account))
    if len(page) < len(missed):
        return types.updates.DifferenceSlice(**difference, intermediate_state=state)
    return types.updates.Difference(**difference, state=state)


@handles(functions.updates.GetChannelDifferenceRequest)
async def get_channel_difference(context: Context, call: Call) -> Any:
    request, account = call.request, call.account
    chat = context.peers.resolve_chat(account, request.channel)
    if request.pts < 1 or request.pts > context.world.pts(chat.id):
        raise refuse("PERSISTENT_TIMESTAMP_INVALID")
    missed = context.world.since(chat.id, request.pts)
    if not missed:
        return types.updates.ChannelDifferenceEmpty(request.pts, final=True, timeout=POLL_SECONDS)
    page = missed[: max(1, min(request.limit, MAX_PAGE))]
    messages, others, ids = _as_difference(context, account, page)
    return types.updates.ChannelDifference(
        pts=page[-1].pts,
        new_messages=messages,
        other_updates=others,
        **context.peers.users_and_chats(account, {account, chat.id, *ids}),
        final=len(page) == len(missed),
        timeout=POLL_SECONDS,
    )


def as_update(context: Context, viewer: int, event: Event) -> Any:
    """Return the TL update of an event; None for one that only bots receive."""
    match event:
        case MessageStored(message, pts):
            new = types.UpdateNewMessage
            if has_own_box(message.chat_id):
                new = types.UpdateNewChannelMessage
            return new(serializers.message(context, viewer, message), pts, 1)
        case MessageEdited(message, pts):
            edited = types.UpdateEditMessage
            if has_own_box(message.chat_id):
                edited = types.UpdateEditChannelMessage
            return edited(serializers.message(context, viewer, message), pts, 1)
        case MessagesDeleted(_, chat_id, message_ids, pts) if has_own_box(chat_id):
            return types.UpdateDeleteChannelMessages(bare(chat_id), list(message_ids), pts, 1)
        case MessagesDeleted(_, _, message_ids, pts):
            return types.UpdateDeleteMessages(list(message_ids), pts, 1)
        case OutboxRead(_, chat_id, max_id, _) if has_own_box(chat_id):
            return types.UpdateReadChannelOutbox(bare(chat_id), max_id)
        case OutboxRead(_, chat_id, max_id, pts):
            return types.UpdateReadHistoryOutbox(peer(chat_id), max_id, pts, 1)
    return None


def _as_difference(
    context: Context, viewer: int, page: list[RecordedEvent]
) -> tuple[list[Any], list[Any], set[int]]:
    """Return the new messages, the other updates and the peers of a part of a journal.

    Messages are as they are now, edited or not; of a deleted one only the deletion is returned.
    """
    new = [h.message for h in page if isinstance(h, MessageStored) and _exists(context, h.message)]
    later = [h for h in page if not isinstance(h, MessageStored)]
    edits = (h for h in later if not isinstance(h, MessageEdited) or _exists(context, h.message))
    others = [as_update(context, viewer, h) for h in edits]
    others += [update for h in page for update in _message_id_update(h, viewer)]
    ids: set[int] = set().union(*(_peers_of(context, h) for h in page))
    return [serializers.message(context, viewer, m) for m in new], others, ids


def _message_id_update(event: Event, viewer: int) -> list[Any]:
    """Return UpdateMessageID for a message of the viewer: the id that its random_id has got."""
    if not isinstance(event, MessageStored) or not _is_own(event, viewer):
        return []
    message = event.message
    named = message.random_id is not None
    return [types.UpdateMessageID(message.id, message.random_id)] if named else []


def _channels_with_news(context: Context, account: int, since: Any) -> list[int]:
    """Return the account's channels with messages since that moment."""
    moment = since.timestamp() if since is not None else time.time()
    chats = [c.id for c in context.world.chats_of(account) if has_own_box(c.id)]
    return [
        c for c in chats if any(m.date >= moment for m in context.world.history(account, c)[-1:])
    ]


def _is_own(event: Event, person_id: int) -> bool:
    return isinstance(event, MessageStored) and event.message.sender_id == person_id


def _exists(context: Context, message: Message) -> bool:
    return context.world.boxes[message.owner_id].get(message.id) is message


def _is_answered(event: Event, person_id: int) -> bool:
    """Return whether the answer to a call of this person has the update of the event."""
    return isinstance(event, MessageStored | MessageEdited) and event.message.sender_id == person_id


def _peers_of(context: Context, event: Event) -> set[int]:
    match event:
        case MessageStored(message) | MessageEdited(message):
            owner = {message.owner_id} if message.chat_id > 0 else set()
            return serializers.peer_ids(context, message) | owner
        case MessagesDeleted() | OutboxRead():
            return {event.owner_id, event.chat_id}
    return set()


def _state(pts: int) -> Any:
    return types.updates.State(pts=pts, qts=0, date=int(time.time()), seq=0, unread_count=0)
