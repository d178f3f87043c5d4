"""Peers: access hashes per viewing account, and people and chats as one account sees them.

The world identifies people and chats by marked ids (chats below 0); TL has a type for each kind.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from typing import Any

from telethon.tl import types
from telethon.utils import resolve_id

from sandbox.mtproto import refuse
from sandbox.world import ChatRecord, Member, PersonRecord, World
from sandbox.world.chats import FIRST_CHANNEL

FOREVER = 0
MUTED = types.ChatBannedRights(until_date=FOREVER, send_messages=True)


def peer(marked_id: int) -> Any:
    """Return the PeerUser, PeerChat or PeerChannel of a marked id."""
    number, kind = resolve_id(marked_id)
    return kind(number)


def bare(marked_id: int) -> int:
    """Return the id without its mark, as TL has it."""
    return int(resolve_id(marked_id)[0])


class Peers:
    """Resolves input peers, and builds users and chats.

    As on the real server, access hashes depend on the viewer, so that an account cannot use those
    of another. They derive from a secret of this run.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._secret = secrets.token_bytes(32)

    def sign(self, *what: object) -> int:
        """Return a signed 64-bit MAC of these values."""
        text = "|".join(map(str, what))
        digest = hmac.digest(self._secret, text.encode(), "sha256")
        return int.from_bytes(digest[:8], "little", signed=True)

    def access_hash(self, viewer: int, target: int) -> int:
        """Return the viewer's access hash of a person, channel or file: a signed 64-bit integer."""
        return self.sign(viewer, target)

    # --- input peers ---------------------------------------------------------

    def marked_id(self, viewer: int | None, peer: Any) -> int | None:
        """Return the marked id that a peer names, without checking access; None for no peer."""
        match peer:
            case types.InputPeerSelf() | types.InputUserSelf():
                return viewer
            case types.InputPeerUser() | types.InputUser():
                return int(peer.user_id)
            case types.InputPeerChat():
                return -int(peer.chat_id)
            case types.InputPeerChannel() | types.InputChannel():
                return FIRST_CHANNEL - int(peer.channel_id)
        return None

    def resolve(self, viewer: int, peer: Any) -> PersonRecord:
        """Return the person of an InputPeer or InputUser.

        Raises 400 PEER_ID_INVALID without the viewer's access hash.
        """
        person = self._world.people.get(self.marked_id(viewer, peer) or 0)
        if person is None:
            raise refuse("PEER_ID_INVALID")
        own = isinstance(peer, types.InputPeerSelf | types.InputUserSelf)
        if not own and peer.access_hash != self.access_hash(viewer, person.id):
            raise refuse("PEER_ID_INVALID")
        return person

    def resolve_chat(self, viewer: int, peer: Any) -> ChatRecord:
        """Return the chat of an InputPeer or InputChannel, if this account may read it.

        Raises 400 CHANNEL_INVALID for another account's hash, CHANNEL_PRIVATE without access, and
        CHAT_ID_INVALID for a basic group of which the account is not a member.
        """
        chat = self._world.chat_records.get(self.marked_id(viewer, peer) or 0)
        if isinstance(peer, types.InputPeerChat):
            if chat is None or viewer not in chat.members:
                raise refuse("CHAT_ID_INVALID")
            return chat
        if chat is None or peer.access_hash != self.access_hash(viewer, chat.id):
            raise refuse("CHANNEL_INVALID")
        if not chat.is_visible_to(viewer):
            raise refuse("CHANNEL_PRIVATE")
        return chat

    def resolve_id(self, viewer: int, peer: Any) -> int:
        """Return the marked id of the person or chat that this account may address."""
        if (self.marked_id(viewer, peer) or 0) < 0:
            return self.resolve_chat(viewer, peer).id
        return self.resolve(viewer, peer).id

    # --- output --------------------------------------------------------------

    def user(self, viewer: int, person: PersonRecord) -> Any:
        """Return the TL `User`; of a deleted account it has neither a name nor a phone.

        The phone is visible to its owner, to those who saved it, and by the privacy settings.
        """
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
            username=None if person.other_usernames else person.username,
            usernames=_usernames(person),
            phone=person.phone if own or saved or person.shows_phone_to(viewer) else None,
            contact_require_premium=person.premium_only,
            send_paid_messages_stars=person.stars_to_write or None,
        )

    def chat(self, viewer: int, chat: ChatRecord) -> Any:
        """Return the TL `Chat` or `Channel`.

        It is `ChatForbidden` for a person whom a basic group has banned, and `ChannelForbidden`
        without access to a channel.
        """
        number, member = bare(chat.id), chat.members.get(viewer)
        broadcast = chat.kind == "channel"
        rights: dict[str, Any] = {
            "title": chat.title,
            "photo": types.ChatPhotoEmpty(),
            "date": chat.date,
            "creator": member is not None and member.creator,
            "left": member is None,
            "admin_rights": _admin_rights(member) if member and member.admin else None,
            "default_banned_rights": None if broadcast else _banned_rights(chat),
            "participants_count": len(chat.members),
        }
        if chat.kind == "group" and viewer in chat.banned:
            return types.ChatForbidden(number, chat.title)
        if chat.kind == "group":
            return types.Chat(number, version=1, **rights)
        access_hash = self.access_hash(viewer, chat.id)
        if not chat.is_visible_to(viewer):
            return types.ChannelForbidden(number, access_hash, chat.title, broadcast=broadcast)
        return types.Channel(
            number,
            **rights,
            access_hash=access_hash,
            username=chat.username,
            broadcast=broadcast,
            megagroup=not broadcast,
            slowmode_enabled=chat.slow_mode > 0,
            banned_rights=MUTED if member and member.muted else None,
        )

    def users_and_chats(self, viewer: int, ids: Iterable[int]) -> dict[str, list[Any]]:
        """Return the fields `users` and `chats` for these ids."""
        every = sorted(set(ids))
        people, records = self._world.people, self._world.chat_records
        return {
            "users": [self.user(viewer, people[one]) for one in every if one > 0],
            "chats": [self.chat(viewer, records[one]) for one in every if one < 0],
        }


def _usernames(person: PersonRecord) -> list[Any] | None:
    """Return the list that stands in place of the one username of a person with several."""
    if not person.other_usernames:
        return None
    return [
        types.Username(one, active=True, editable=one == person.username)
        for one in person.usernames
    ]


def _admin_rights(member: Member) -> Any:
    return types.ChatAdminRights(
        post_messages=member.posts,
        edit_messages=member.posts,
        delete_messages=True,
        ban_users=True,
        invite_users=True,
        pin_messages=True,
        other=True,
    )


def _banned_rights(chat: ChatRecord) -> Any:
    """Return what ordinary members may not do."""
    return types.ChatBannedRights(
        until_date=FOREVER,
        send_messages=not chat.allowed,
        send_media=not chat.allowed - {"text"},
        send_plain="text" not in chat.allowed,
        send_photos="photo" not in chat.allowed,
        send_videos="video" not in chat.allowed,
        send_docs="document" not in chat.allowed,
    )
