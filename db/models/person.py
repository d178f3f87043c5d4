"""A person: who Telegram says that a contact is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A user or channel as one account has got it from Telegram, in a full constructor.

    `kind`: 'user' or 'channel'. `access_hash` is valid for that account only. `usernames`, without
    @, and `phone` (E.164) are what the answer shows; a phone is hidden from most accounts.
    `unreachable_reason`: no campaign writes to a bot or a deleted account. `is_self`: it is the
    account itself.
    """

    kind: str
    peer_id: int
    access_hash: int
    usernames: tuple[str, ...] = ()
    phone: str | None = None
    unreachable_reason: str | None = None
    is_self: bool = False

    def names(self) -> list[str]:
        """Return all their names: 'id:42', 'phone:+7…', 'username:anna'.

        A channel has no id that a user could have, so it is named by its usernames alone.
        """
        names = [f"id:{self.peer_id}"] if self.kind == "user" else []
        if self.phone is not None:
            names.append(f"phone:{self.phone}")
        return names + [f"username:{name.casefold()}" for name in self.usernames]

    def carries(self, *, phone: str | None = None, username: str | None = None) -> bool:
        """Return whether the answer shows this phone or this username."""
        by_name = username is not None and username.casefold() in map(str.casefold, self.usernames)
        return by_name or (phone is not None and phone == self.phone)


@dataclass(frozen=True, slots=True)
class Dialog:
    """A private conversation of one account with another person, as Telegram shows it.

    `access_hash` is that account's; None when the answer has none that can be used. `usernames` and
    `phone` are as in Person. `talked_at` is the moment of a message of the account's; None when
    none is known. `wrote_at` and `wrote_id` are the moment and id of a message of theirs that
    proves that they wrote; None when none is known.
    """

    user_id: int
    access_hash: int | None
    usernames: tuple[str, ...] = ()
    phone: str | None = None
    talked_at: datetime | None = None
    wrote_at: datetime | None = None
    wrote_id: int | None = None

    def names(self) -> list[str]:
        """Return all their names: 'id:42', 'phone:+7…', 'username:anna'."""
        return Person("user", self.user_id, 0, self.usernames, self.phone).names()

    def columns(self) -> list[tuple[int, str | None, str | None]]:
        """Return their names as rows of (id, phone, username), one username each."""
        return [(self.user_id, self.phone, name) for name in self.usernames or (None,)]


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person, or a contact that was not identified yet, as the contact lists name them.

    `lists` counts the lists that have them. `phone` is complete: mask it before it is shown.
    `hashes` are the identity hashes of all their names.
    """

    user_id: int | None
    name: str | None
    username: str | None
    phone: str | None
    lists: int
    hashes: frozenset[bytes]
