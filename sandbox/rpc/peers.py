"""Who is meant: access hashes per viewing account, and people as one account sees them."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from telethon.tl import types

from sandbox.mtproto import refuse
from sandbox.world import PersonRecord, World


class Peers:
    """Access hashes are made from a secret of this run: a hash known to one account is worthless
    to another, as on the real server."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._secret = secrets.token_bytes(32)

    def access_hash(self, viewer: int, target: int) -> int:
        """Signed 64-bit; for people and files alike."""
        digest = hmac.digest(self._secret, f"{viewer}|{target}".encode(), "sha256")
        return int.from_bytes(digest[:8], "little", signed=True)

    def resolve(self, viewer: int, peer: Any) -> PersonRecord:
        """The person behind an InputPeer or InputUser; 400 PEER_ID_INVALID if `viewer` cannot
        have learnt of them in this form."""
        person = self._world.people.get(self.meant(viewer, peer) or 0)
        if person is None:
            raise refuse("PEER_ID_INVALID")
        own = isinstance(peer, types.InputPeerSelf | types.InputUserSelf)
        if not own and peer.access_hash != self.access_hash(viewer, person.id):
            raise refuse("PEER_ID_INVALID")
        return person

    def meant(self, viewer: int | None, peer: Any) -> int | None:
        """The user id that a peer names, whether or not it may be used."""
        match peer:
            case types.InputPeerSelf() | types.InputUserSelf():
                return viewer
            case types.InputPeerUser() | types.InputUser():
                return int(peer.user_id)
        return None

    def user(self, viewer: int, person: PersonRecord) -> Any:
        """The TL `User`; a phone number is shown to its owner and to those who saved it."""
        own = person.id == viewer
        if person.deleted:
            return types.User(
                id=person.id, deleted=True, access_hash=self.access_hash(viewer, person.id)
            )
        saved = person.id in self._world.people[viewer].contacts
        return types.User(
            id=person.id,
            access_hash=self.access_hash(viewer, person.id),
            is_self=own,
            contact=saved,
            mutual_contact=saved and viewer in person.contacts,
            bot=person.is_bot,
            bot_info_version=1 if person.is_bot else None,
            first_name=person.first_name,
            last_name=person.last_name or None,
            username=person.username,
            phone=person.phone if own or saved else None,
            contact_require_premium=person.premium_only,
        )

    def users(self, viewer: int, ids: set[int]) -> list[Any]:
        return [self.user(viewer, self._world.people[person_id]) for person_id in sorted(ids)]
