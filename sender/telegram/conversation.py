"""A private dialog of an account, and what it shows of the other person.

Bots, deleted accounts, the account itself and Telegram's own accounts are no people whom a campaign
could write to. A service message ("joined Telegram", a call) is nothing that a person wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from telethon.tl import types

from db.models.person import Dialog

NOTIFICATIONS = 777000  # Telegram's service account, which is no bot
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A private dialog with a person: Telethon's Dialog, its top message, and their User.

    `top` None: the dialog is empty.
    """

    dialog: Any
    top: Any
    user: Any

    @property
    def user_id(self) -> int:
        user_id: int = self.dialog.peer.user_id
        return user_id

    @property
    def name(self) -> str:
        """The first name that they show, on one line; "" for none."""
        return " ".join((getattr(self.user, "first_name", None) or "").replace("\0", "").split())

    @property
    def is_person(self) -> bool:
        return is_person(self.user)

    @property
    def peer(self) -> Any:
        """The input peer, for calls."""
        return types.InputPeerUser(self.user_id, getattr(self.user, "access_hash", None) or 0)

    @property
    def changed_at(self) -> datetime:
        """When its top message was sent."""
        return getattr(self.top, "date", None) or LONG_AGO

    @property
    def may_hold_theirs(self) -> bool:
        """Whether something of theirs, perhaps a service message, is unread or was read."""
        return bool(self.dialog.unread_count or self.dialog.read_inbox_max_id)

    def seen(self) -> Dialog:
        """Return what the dialog alone shows."""
        found = shown(self.user)
        if is_theirs(self.top):
            found = replace(found, wrote_at=self.top.date, wrote_id=self.top.id)
        ours = isinstance(self.top, types.Message) and self.top.out
        if self.top is not None and (ours or self.dialog.read_outbox_max_id):
            found = replace(found, talked_at=self.top.date)
        return found


def is_theirs(message: Any) -> bool:
    """Return whether a person wrote this to the account: no service message, in no group."""
    return (
        isinstance(message, types.Message)
        and not message.out
        and isinstance(message.peer_id, types.PeerUser)
    )


def is_person(user: Any) -> bool:
    """Return whether a User is a person other than the account, as far as Telegram shows."""
    if not isinstance(user, types.User) or user.id == NOTIFICATIONS:
        return False
    return not (user.bot or user.deleted or user.is_self or user.support)


def shown(user: Any) -> Dialog:
    """Return the names and the access hash that a User shows.

    Those of a `min` user are not used: its access hash is valid in its message's context only
    (core.telegram.org/api/min).
    """
    if user.min:
        return Dialog(user.id, None)
    more = (one.username for one in user.usernames or () if one.active)
    usernames = tuple(dict.fromkeys([*filter(None, [user.username]), *more]))
    phone = f"+{user.phone.lstrip('+')}" if user.phone else None
    return Dialog(user.id, user.access_hash, usernames, phone)
