"""Resolves a contact to a peer: the address under which one account can write to it.

Peers that were found before are rows of the database; here Telegram is asked. A user id alone is of
use only to an account that has met the person. Numbers are never added to the address book.
"""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from db.models.account import Peer
from db.models.contact import Identity
from db.models.reason import Reason
from sender.outcome.outcome import Outcome, StalePeer, Unreachable
from sender.telegram.account_client import AccountClient


async def resolve(client: AccountClient, identity: Identity) -> Peer | Outcome:
    """Return the peer; Unreachable when there is none for this contact, else the failed outcome.

    The user id is tried first, then the username, then the phone. When the user id is known, an
    answer with another id is not used.
    """
    missing: Outcome = Unreachable("PEER_UNKNOWN")
    if identity.user_id is not None and (peer := met(client, identity.user_id)) is not None:
        return peer
    for request in _requests(identity):
        answer = await client.call(request, _read_peer)
        if isinstance(answer, Peer):
            if identity.user_id in (None, answer.peer_id):
                return answer
            missing = Unreachable(Reason.IDENTITY_MISMATCH)
        elif isinstance(answer, Unreachable | StalePeer):
            missing = Unreachable(answer.reason, getattr(answer, "permanent", False))
        elif answer is not None:
            return answer
    return missing


def _requests(identity: Identity) -> list[Any]:
    requests: list[Any] = []
    if identity.user_id is not None:  # answered for users whom the account has met
        requests.append(functions.users.GetUsersRequest([types.InputUser(identity.user_id, 0)]))
    if identity.username is not None:
        requests.append(functions.contacts.ResolveUsernameRequest(identity.username))
    if identity.phone is not None:
        requests.append(functions.contacts.ResolvePhoneRequest(identity.phone))
    return requests


def met(client: AccountClient, user_id: int) -> Peer | None:
    """Return the peer of a user whom this session has seen; None for others."""
    seen = client.known_user(user_id)
    return None if seen is None else Peer("user", *seen)


def _read_peer(answer: Any) -> Peer | None:
    """Return the peer in a contacts.ResolvedPeer or in users of users.getUsers; None if empty."""
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
