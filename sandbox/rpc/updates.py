"""What happened: told at once to whoever is connected, and again to whoever comes back and asks."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, Session
from sandbox.rpc import shapes
from sandbox.rpc.desk import Desk
from sandbox.rpc.registry import answers
from sandbox.world import (
    Happening,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
    Recorded,
)

MOST_AT_ONCE = 500

# The session whose call is being answered: it learns of its own deeds from the answer.
calling: ContextVar[Session | None] = ContextVar("calling", default=None)


def attend(desk: Desk, session: Session) -> None:
    """From now on push to this session what happens to the person signed in with it."""
    person_id = session.credential.person_id
    if person_id is None or session.declines_updates or session.attending == person_id:
        return

    def push(happening: Happening) -> None:
        still_in = session.credential.person_id == person_id
        ours = calling.get() is session and _is_own(happening, person_id)
        if still_in and not ours and (update := as_update(desk, happening)) is not None:
            session.push(shapes.bundle(desk, person_id, [update], _people(happening)))

    session.attending = person_id
    session.when_closed.append(desk.world.watch(person_id, push))


@answers(functions.updates.GetStateRequest)
async def get_state(desk: Desk, call: Call) -> Any:
    return _state(desk.world.pts(call.account))


@answers(functions.updates.GetDifferenceRequest)
async def get_difference(desk: Desk, call: Call) -> Any:
    account, missed = call.account, desk.world.since(call.account, call.request.pts)
    if not missed:
        return types.updates.DifferenceEmpty(date=int(time.time()), seq=0)
    told = missed[:MOST_AT_ONCE]
    new = [h.message for h in told if isinstance(h, MessageStored)]
    rest = [as_update(desk, h) for h in told if not isinstance(h, MessageStored)]
    rest += [types.UpdateMessageID(m.id, m.random_id) for m in new if m.random_id is not None]
    people = {account}.union(*(_people(h) for h in told))
    difference = {
        "new_messages": [shapes.message(desk, m) for m in new],
        "new_encrypted_messages": [],
        "other_updates": rest,
        "chats": [],
        "users": desk.peers.users(account, people),
    }
    state = _state(told[-1].pts)
    if len(told) < len(missed):
        return types.updates.DifferenceSlice(**difference, intermediate_state=state)
    return types.updates.Difference(**difference, state=state)


def as_update(desk: Desk, happening: Happening) -> Any:
    """The TL update, or None for what only bots are told."""
    match happening:
        case MessageStored():
            message = shapes.message(desk, happening.message)
            return types.UpdateNewMessage(message, happening.pts, 1)
        case MessageEdited():
            message = shapes.message(desk, happening.message)
            return types.UpdateEditMessage(message, happening.pts, 1)
        case MessagesDeleted():
            return types.UpdateDeleteMessages(list(happening.message_ids), happening.pts, 1)
        case OutboxRead():
            peer = types.PeerUser(happening.chat_id)
            return types.UpdateReadHistoryOutbox(peer, happening.max_id, happening.pts, 1)
    return None


def _is_own(happening: Happening, person_id: int) -> bool:
    return isinstance(happening, MessageStored) and happening.message.sender_id == person_id


def _people(happening: Happening | Recorded) -> set[int]:
    match happening:
        case MessageStored() | MessageEdited():
            return {happening.message.owner_id, happening.message.chat_id}
        case MessagesDeleted() | OutboxRead():
            return {happening.owner_id, happening.chat_id}
    return set()


def _state(pts: int) -> Any:
    return types.updates.State(pts=pts, qts=0, date=int(time.time()), seq=0, unread_count=0)
