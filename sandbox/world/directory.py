"""The index of people and chats: by id, username, phone and token."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Literal

from sandbox.world.chats import FIRST_CHANNEL, ChatKind, ChatRecord, Member
from sandbox.world.people import PersonRecord


class Directory:
    """Holds `people` by id and `chat_records` by marked id."""

    def __init__(self) -> None:
        self.people: dict[int, PersonRecord] = {}
        self.chat_records: dict[int, ChatRecord] = {}
        self._usernames: dict[str, PersonRecord] = {}
        self._phones: dict[str, PersonRecord] = {}
        self._tokens: dict[str, PersonRecord] = {}
        self._chat_usernames: dict[str, ChatRecord] = {}
        self._chat_numbers = itertools.count(1_000_001)

    # --- people -------------------------------------------------------------

    def add(self, person: PersonRecord) -> PersonRecord:
        """Add a person; ValueError when the id, a username or the phone is taken."""
        if person.id in self.people:
            raise ValueError(f"Somebody has the id {person.id} already")
        self._check_free(person, person.usernames, person.phone)
        self.people[person.id] = person
        self._list(person)
        return person

    def rename(self, person: PersonRecord, **changes: Any) -> None:
        """Change `username`, `other_usernames`, `phone` or `bot_token`; the old value becomes free.

        Raises ValueError for a username or a phone that is taken.
        """
        wanted = replace(person, **changes)
        self._check_free(person, wanted.usernames, wanted.phone)
        for names in (self._usernames, self._phones, self._tokens):
            for name in [name for name, owner in names.items() if owner is person]:
                del names[name]
        for field, value in changes.items():
            setattr(person, field, value)
        self._list(person)

    def hand_over(
        self, what: Literal["username", "phone"], giver: PersonRecord, taker: PersonRecord
    ) -> None:
        """Take the username or the phone from one person and give it to another.

        Raises ValueError when the giver has none.
        """
        if (value := getattr(giver, what)) is None:
            raise ValueError(f"{giver.name} has no {what}")
        self.rename(giver, **{what: None})
        self.rename(taker, **{what: value})

    def _check_free(
        self, person: PersonRecord, usernames: Collection[str], phone: str | None
    ) -> None:
        for username in usernames:
            if self.chat_named(username) or _holds(self.by_username(username), person):
                raise ValueError(f"The username @{username} is taken")
        if phone and _holds(self.by_phone(phone), person):
            raise ValueError(f"The phone +{phone} is taken")

    def _list(self, person: PersonRecord) -> None:
        for username in person.usernames:
            self._usernames[username.casefold()] = person
        if person.phone:
            self._phones[person.phone] = person
        if person.bot_token:
            self._tokens[person.bot_token] = person

    def by_username(self, username: str) -> PersonRecord | None:
        """Return the person with this username, with or without "@", in any case of letters."""
        return self._usernames.get(_plain(username))

    def by_phone(self, phone: str) -> PersonRecord | None:
        """Return the person with this number, with or without "+"."""
        return self._phones.get(phone.removeprefix("+"))

    def by_token(self, token: str) -> PersonRecord | None:
        """Return the bot with this token."""
        return self._tokens.get(token)

    # --- chats --------------------------------------------------------------

    def open_chat(
        self,
        kind: ChatKind,
        title: str,
        creator_id: int,
        *,
        username: str | None = None,
        **fields: Any,
    ) -> ChatRecord:
        """Create a chat with its creator as a member; `fields` are those of `ChatRecord`.

        Raises ValueError for a username that is taken, and for a basic group with a username.
        """
        taken = username and (self.by_username(username) or self.chat_named(username))
        if taken or (username and kind == "group"):
            raise ValueError(f"{title} cannot be called @{username}")
        number = next(self._chat_numbers)
        chat_id = -number if kind == "group" else FIRST_CHANNEL - number
        chat = ChatRecord(chat_id, kind, title, int(time.time()), username, **fields)
        self.chat_records[chat_id] = chat
        if username:
            self._chat_usernames[_plain(username)] = chat
        self.join(chat_id, creator_id, admin=True, creator=True)
        return chat

    def chat_named(self, username: str) -> ChatRecord | None:
        """Return the public channel or supergroup with this username."""
        return self._chat_usernames.get(_plain(username))

    def join(self, chat_id: int, person_id: int, **rights: bool) -> Member:
        """Add a member with the rights of `Member`, or change the rights of a member.

        Raises ValueError for a bot: the sandbox's Bot API serves private chats only.
        """
        if self.people[person_id].is_bot:
            raise ValueError("Bots live in chats with one person here")
        chat = self.chat_records[chat_id]
        chat.banned.discard(person_id)
        member = chat.members[person_id] = Member(**rights)
        return member

    def leave(self, chat_id: int, person_id: int, *, banned: bool = False) -> None:
        """Remove a member; with `banned` they may not read or join any more."""
        chat = self.chat_records[chat_id]
        chat.members.pop(person_id, None)
        if banned:
            chat.banned.add(person_id)

    def chats_of(self, person_id: int) -> list[ChatRecord]:
        """Return the chats of which this person is a member."""
        return [chat for chat in self.chat_records.values() if person_id in chat.members]


def _holds(holder: PersonRecord | None, wants: PersonRecord) -> bool:
    """Return whether another person has the name; a deleted account gives up its names."""
    return holder is not None and holder is not wants and not holder.deleted


def _plain(username: str) -> str:
    return username.removeprefix("@").casefold()
