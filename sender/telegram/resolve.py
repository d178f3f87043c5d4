"""Resolves a contact to a person: who carries its names, and how one account addresses them.

Names are asked in the order of their strength: the user id, the phone, the username. What else the
contact says is compared with the answer. When two names are two people, there is no result: a
message to the wrong person is worse than none. A name that belongs to no one is no contradiction:
people give up usernames and hide their phones. Numbers are never added to the address book.

Only users.getUsers and the two look-ups are called. Every documented constructor of their answers
is read (core.telegram.org/method/users.getUsers, core.telegram.org/type/contacts.ResolvedPeer).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from telethon.tl import functions, types

from db.models.account import Peer
from db.models.contact import Identity
from db.models.person import Person
from db.models.reason import Reason
from sender.outcome.outcome import (
    Ambiguous,
    CallFailed,
    Outcome,
    Refused,
    StalePeer,
    Unclassified,
    Unreachable,
    Wait,
)
from sender.telegram.account_client import DISCONNECTED, AccountClient

LOOKUP_CALLS = frozenset({"ResolvePhoneRequest", "ResolveUsernameRequest"})
BOT, DELETED = "USER_IS_BOT", "INPUT_USER_DEACTIVATED"  # as a message to them would be refused
NOT_MET = Unreachable("PEER_UNKNOWN")


async def resolve(
    client: AccountClient,
    identity: Identity,
    known_id: int | None,
    may_look_up: Callable[[], Awaitable[Wait | None]],
    guess: tuple[int, int] | None = None,
) -> Person | Outcome:
    """Return the person; Unreachable when no name leads to one, else the failed outcome.

    `known_id` is the Telegram id of the person whom the contact was identified as; None before
    that. An answer with another id is not used. `may_look_up` is awaited before each look-up; it
    returns a Wait when the account may not make it now. `guess` is (id, access hash) of the user
    whom the contact is taken for: they are asked before a name is looked up.
    """
    search = _Search(client, identity, may_look_up, guess)
    try:
        if known_id is None:
            return await search.identify()
        return await search.find_again(known_id)
    except CallFailed as error:
        return error.outcome


def met(client: AccountClient, user_id: int) -> Peer | None:
    """Return the peer of a user whom this session has seen; None for others."""
    seen = client.known_user(user_id)
    return None if seen is None else Peer("user", *seen)


@dataclass(frozen=True, slots=True)
class _Unusable:
    """Whom a name belongs to, without what is needed to address them, and why."""

    kind: str
    peer_id: int
    outcome: Outcome = NOT_MET


class _Search:
    """The calls about one contact. A method raises CallFailed when a call has no answer."""

    def __init__(
        self,
        client: AccountClient,
        identity: Identity,
        may_look_up: Callable[[], Awaitable[Wait | None]],
        guess: tuple[int, int] | None,
    ) -> None:
        self._client, self._identity, self._may_look_up = client, identity, may_look_up
        self._guess = guess
        self._missing: Outcome = NOT_MET  # why the latest name led to no person
        self._unusable: set[tuple[str, int]] = set()  # whom the other names belong to

    async def identify(self) -> Person | Outcome:
        """Return the person who carries the contact's names."""
        given, best = self._identity, None
        if given.user_id is not None:
            best = await self._ask_user(given.user_id)
        by_username = False
        for phone, username in self._names():
            if best is not None and best.carries(phone=phone, username=username):
                continue
            found = await self._look_up(phone, username)
            if found is None:
                continue
            if best is None and given.user_id in (None, found.peer_id):
                best, by_username = found, username is not None
            elif best is None or (best.kind, best.peer_id) != (found.kind, found.peer_id):
                return Refused(Reason.TWO_PEOPLE, permanent=True)
        if best is None:
            return self._missing
        if self._unusable - {(best.kind, best.peer_id)}:
            return Refused(Reason.TWO_PEOPLE, permanent=True)
        if by_username and given.phone and best.phone and best.phone != given.phone:
            return Refused(Reason.TWO_PEOPLE, permanent=True)
        return best

    async def find_again(self, user_id: int) -> Person | Outcome:
        """Return the person of this id, who was identified before, as this account sees them."""
        if (found := await self._ask_user(user_id)) is not None:
            return found
        for phone, username in self._names():
            found = await self._look_up(phone, username)
            if found is not None and found.peer_id == user_id:
                return found
            if found is not None:
                self._missing = Unreachable(Reason.IDENTITY_MISMATCH)
        return self._missing

    def _names(self) -> Iterator[tuple[str | None, str | None]]:
        """Yield (phone, username) of each name but the id; one of the two is None."""
        if self._identity.phone is not None:
            yield self._identity.phone, None
        if self._identity.username is not None:
            yield None, self._identity.username

    async def _ask_user(self, user_id: int) -> Person | None:
        """Ask users.getUsers, which answers about users whom the account has met."""
        guessed = self._guess if self._guess and self._guess[0] == user_id else (user_id, 0)
        _, access_hash = self._client.known_user(user_id) or guessed
        user = types.InputUser(user_id, access_hash)
        return await self._call(functions.users.GetUsersRequest([user]), _read_users)

    async def _look_up(self, phone: str | None, username: str | None) -> Person | None:
        """Return who carries this name. Users who are seen or guessed to carry it are asked first,
        which is no look-up."""
        seen = self._client.known_carrier(phone=phone, username=username)
        guessed = self._guess[0] if self._guess else None
        for user_id in dict.fromkeys((seen, guessed)):
            found = None if user_id is None else await self._ask_user(user_id)
            if found is not None and found.carries(phone=phone, username=username):
                return found
        if not self._client.connected:  # Telegram would not hear a look-up that is counted
            raise CallFailed(Ambiguous(DISCONNECTED, client_failed=True))
        if (wait := await self._may_look_up()) is not None:
            raise CallFailed(wait)
        if phone is None:
            return await self._call(
                functions.contacts.ResolveUsernameRequest(username), _read_resolved
            )
        found = await self._call(functions.contacts.ResolvePhoneRequest(phone), _read_resolved)
        return found and replace(found, phone=phone)  # which the answer may hide

    async def _call(
        self, request: Any, read: Callable[[Any], Person | Outcome | _Unusable | None]
    ) -> Person | None:
        answer = await self._client.call(request, read)
        if isinstance(answer, _Unusable):
            self._unusable.add((answer.kind, answer.peer_id))
            answer = answer.outcome
        if isinstance(answer, Unreachable | StalePeer):
            self._missing = Unreachable(answer.reason, getattr(answer, "permanent", False))
            return None
        if answer is None or isinstance(answer, Person):
            return answer
        raise CallFailed(answer)


def _read_users(answer: Any) -> Person | Outcome | None:
    """Return the one user of an answer to users.getUsers; None when there is none."""
    match list(answer):
        case [types.User() as user]:
            return _person(user)
        case [] | [types.UserEmpty()]:
            return None
        case other:
            return Unclassified(f"users.getUsers: {other[0].__class__.__name__}")


def _read_resolved(answer: Any) -> Person | Outcome | _Unusable:
    """Return the user or channel of a contacts.ResolvedPeer."""
    kind = "user" if isinstance(getattr(answer, "peer", None), types.PeerUser) else "channel"
    match getattr(answer, "peer", None):
        case types.PeerUser(user_id=peer_id):
            found = next((one for one in answer.users if one.id == peer_id), None)
        case types.PeerChannel(channel_id=peer_id) | types.PeerChat(chat_id=peer_id):
            found = next((one for one in answer.chats if one.id == peer_id), None)
        case _:
            return Unclassified(f"contacts.resolve: {answer.__class__.__name__}")
    match found:
        case types.User():
            return _person(found)
        case types.Channel():
            return Person("channel", found.id, found.access_hash or 0, _usernames(found))
        case types.ChannelForbidden() | types.ChatForbidden():
            return _Unusable(kind, peer_id, Unreachable("CHANNEL_PRIVATE"))
        case None | types.UserEmpty() | types.ChatEmpty():
            return _Unusable(kind, peer_id)
        case _:
            return Unclassified(f"contacts.resolve: {found.__class__.__name__}")


def _person(user: Any) -> Person:
    return Person(
        "user",
        user.id,
        user.access_hash or 0,
        _usernames(user),
        f"+{user.phone.lstrip('+')}" if user.phone else None,
        BOT if user.bot else DELETED if user.deleted else None,
        bool(user.is_self),
    )


def _usernames(entity: Any) -> tuple[str, ...]:
    """Return the active usernames (core.telegram.org/constructor/username)."""
    more = (one.username for one in entity.usernames or () if one.active)
    return tuple(dict.fromkeys([*filter(None, [entity.username]), *more]))
