"""From a contact to a peer: the address under which one account may write to it.

What was found before is in the table of peers; here Telegram is asked. A user id alone can be
used only if the account has met that person. Numbers are never added to the address book.
"""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from db.models.account import Peer
from db.models.contact import Identity
from sender.outcome.outcome import Outcome, StalePeer, Unreachable
from sender.telegram.gateway import Answer, Client, ask

RESOLVE_SECONDS = 30


async def resolve(client: Client, identity: Identity) -> Peer | Outcome:
    """The peer, or why there is none: Unreachable for this contact, or what befell the call.

    The surest identity is tried first. A username that belongs to somebody else by now than the
    known user id is not written to.
    """
    missing: Outcome = Unreachable("PEER_UNKNOWN")
    if identity.user_id is not None and (peer := met(client, identity.user_id)) is not None:
        return peer
    for request in _requests(identity):
        answer = await ask(client, request, RESOLVE_SECONDS)
        if isinstance(answer, Unreachable | StalePeer):
            missing = Unreachable(answer.reason, getattr(answer, "permanent", False))
            continue
        if not isinstance(answer, Answer):
            return answer
        if (found := _peer(answer.value)) is None:
            continue
        if identity.user_id not in (None, found.peer_id):
            missing = Unreachable("IDENTITY_MISMATCH")
            continue
        return found
    return missing


def _requests(identity: Identity) -> list[Any]:
    requests: list[Any] = []
    if identity.user_id is not None:  # answered for people the account has dealt with
        requests.append(functions.users.GetUsersRequest([types.InputUser(identity.user_id, 0)]))
    if identity.username is not None:
        requests.append(functions.contacts.ResolveUsernameRequest(identity.username))
    if identity.phone is not None:
        requests.append(functions.contacts.ResolvePhoneRequest(identity.phone))
    return requests


def met(client: Client, user_id: int) -> Peer | None:
    """Somebody whom this session has seen since it was opened."""
    try:
        seen = client.session.get_input_entity(types.PeerUser(user_id))
    except ValueError:
        return None
    return Peer("user", seen.user_id, seen.access_hash)


def _peer(answer: Any) -> Peer | None:
    if isinstance(answer, types.contacts.ResolvedPeer):
        match answer.peer:
            case types.PeerUser():
                found = [user for user in answer.users if user.id == answer.peer.user_id]
            case types.PeerChannel():
                found = [chat for chat in answer.chats if chat.id == answer.peer.channel_id]
            case _:
                return None
    else:
        found = list(answer)
    if not found:
        return None
    kind = "user" if isinstance(found[0], types.User) else "channel"
    return Peer(kind, found[0].id, found[0].access_hash or 0)
