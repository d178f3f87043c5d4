"""The world itself: everyone's boxes, and who is told when something happens in one.

Both doors and the tester's hand call the same few verbs, so what the bot shows and what a
recipient receives is one history. A message makes two copies, one in each side's box, as on the
real server. Each recorded happening in a box raises its owner's `pts` by one and stays in the
owner's journal, so that a client which was away can be told what it missed.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.world.happenings import (
    CallbackPressed,
    Happening,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
    Recorded,
)
from sandbox.world.log import EffectLog
from sandbox.world.messages import Button, Entity, Media, Message
from sandbox.world.people import PersonRecord

Watcher = Callable[[Happening], None]


class World:
    """People, boxes, watchers and the log. `folder` holds the log (`effects.jsonl`)."""

    def __init__(self, folder: Path) -> None:
        self.log = EffectLog(folder / "effects.jsonl")
        self.people: dict[int, PersonRecord] = {}
        self.boxes: dict[int, dict[int, Message]] = defaultdict(dict)
        self.journal: dict[int, list[Recorded]] = defaultdict(list)
        self.media: dict[int, Media] = {}
        self.outbox_read: dict[tuple[int, int], int] = defaultdict(int)
        self.inbox_read: dict[tuple[int, int], int] = defaultdict(int)
        self._usernames: dict[str, PersonRecord] = {}
        self._phones: dict[str, PersonRecord] = {}
        self._tokens: dict[str, PersonRecord] = {}
        self._chats: dict[tuple[int, int], dict[int, Message]] = defaultdict(dict)
        self._copies: dict[int, list[Message]] = {}
        self._watchers: dict[int, list[Watcher]] = defaultdict(list)
        self._next_id: dict[int, itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self._uids = itertools.count(1)
        self._media_ids = itertools.count(secrets.randbits(40) << 16)

    # --- people -------------------------------------------------------------

    def add(self, person: PersonRecord) -> PersonRecord:
        if person.id in self.people:
            raise ValueError(f"Somebody has the id {person.id} already")
        self.people[person.id] = person
        self._list(person)
        return person

    def rename(self, person: PersonRecord, **changes: str | None) -> None:
        """Change `username`, `phone` or `bot_token`, so that the old one finds nobody."""
        for names in (self._usernames, self._phones, self._tokens):
            for name in [name for name, owner in names.items() if owner is person]:
                del names[name]
        for field, value in changes.items():
            setattr(person, field, value)
        self._list(person)

    def _list(self, person: PersonRecord) -> None:
        if person.username:
            self._usernames[person.username.casefold()] = person
        if person.phone:
            self._phones[person.phone] = person
        if person.bot_token:
            self._tokens[person.bot_token] = person

    def by_username(self, username: str) -> PersonRecord | None:
        return self._usernames.get(username.removeprefix("@").casefold())

    def by_phone(self, phone: str) -> PersonRecord | None:
        return self._phones.get(phone.removeprefix("+"))

    def by_token(self, token: str) -> PersonRecord | None:
        return self._tokens.get(token)

    # --- watching -----------------------------------------------------------

    def watch(self, owner_id: int, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` at once for each happening in this box; returns the way to stop."""
        self._watchers[owner_id].append(watcher)
        return lambda: self._watchers[owner_id].remove(watcher)

    def pts(self, owner_id: int) -> int:
        """How many happenings this box has recorded, counted from 1 as Telegram does."""
        return 1 + len(self.journal[owner_id])

    def since(self, owner_id: int, pts: int) -> list[Recorded]:
        """What happened in this box after `pts`, oldest first."""
        return self.journal[owner_id][max(pts, 1) - 1 :]

    def _record(self, owner_id: int, happening: Recorded) -> Recorded:
        happening = replace(happening, pts=self.pts(owner_id) + 1)
        self.journal[owner_id].append(happening)
        return happening

    def tell(self, owner_id: int, happening: Happening) -> None:
        """Call this box's watchers; from outside, for what no box keeps (`CallbackAnswered`)."""
        for watcher in list(self._watchers[owner_id]):
            watcher(happening)

    # --- messages -----------------------------------------------------------

    def new_media(self, kind: Any, data: bytes, **what: Any) -> Media:
        media = Media(id=next(self._media_ids), kind=kind, data=data, **what)
        self.media[media.id] = media
        return media

    async def send(
        self,
        sender_id: int,
        recipient_id: int,
        *,
        text: str = "",
        entities: tuple[Entity, ...] = (),
        media: Media | None = None,
        buttons: tuple[tuple[Button, ...], ...] = (),
        reply_to: int | None = None,
        grouped_id: int | None = None,
        random_id: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Message:
        """Put a message into both boxes, log it durably, tell the watchers.

        `reply_to` is an id in the sender's box. Returns the sender's copy. Rules of the doors
        (who may write to whom, limits, duplicates of a random_id) are checked before this call.
        """
        uid, now = next(self._uids), int(time.time())
        sides = [(sender_id, recipient_id)]
        if sender_id != recipient_id:
            sides.append((recipient_id, sender_id))
        copies = [
            Message(
                uid=uid,
                id=next(self._next_id[owner]),
                owner_id=owner,
                chat_id=other,
                sender_id=sender_id,
                date=now,
                text=text,
                entities=entities,
                media=media,
                buttons=buttons,
                reply_to=reply_to if owner == sender_id else self._twin(sender_id, reply_to, owner),
                grouped_id=grouped_id,
                random_id=random_id if owner == sender_id else None,
                extra=dict(extra or {}),
            )
            for owner, other in sides
        ]
        stored = [self._store(copy) for copy in copies]
        self._copies[uid] = copies
        await self.log.write(
            "message",
            sender=sender_id,
            recipient=recipient_id,
            uid=uid,
            message_id=copies[0].id,
            random_id=random_id,
            text=text,
            media=media.kind if media else None,
            media_id=media.id if media else None,
        )
        for copy, happening in zip(copies, stored, strict=True):
            self.tell(copy.owner_id, happening)
        return copies[0]

    def _store(self, copy: Message) -> Recorded:
        happening = self._record(copy.owner_id, MessageStored(copy))
        copy.pts = happening.pts
        self.boxes[copy.owner_id][copy.id] = copy
        self._chats[copy.owner_id, copy.chat_id][copy.id] = copy
        return happening

    def _twin(self, owner_id: int, message_id: int | None, other_id: int) -> int | None:
        if message_id is None or (mine := self.boxes[owner_id].get(message_id)) is None:
            return None
        return next((c.id for c in self._copies[mine.uid] if c.owner_id == other_id), None)

    def copy_of(self, message: Message, owner_id: int) -> Message | None:
        """The same message in `owner_id`'s box."""
        return next((c for c in self._copies[message.uid] if c.owner_id == owner_id), None)

    def history(self, owner_id: int, chat_id: int) -> list[Message]:
        """What one side sees of a conversation, oldest first."""
        return list(self._chats[owner_id, chat_id].values())

    def chats(self, owner_id: int) -> list[int]:
        """Everyone with whom this side has messages, the latest conversation first."""
        latest = {m.chat_id: m.id for m in self.boxes[owner_id].values()}
        return sorted(latest, key=lambda chat_id: latest[chat_id], reverse=True)

    async def edit(self, message: Message, **changes: Any) -> None:
        """Change `text`, `entities`, `media` or `buttons` in every copy and tell both sides."""
        await self.mark(message, edited_at=int(time.time()), **changes)
        await self.log.write("edit", uid=message.uid, sender=message.sender_id, text=message.text)

    async def mark(self, message: Message, **changes: Any) -> None:
        """Change what is no edit (`pinned`, `reacted_by`) in every copy and tell both sides."""
        for copy in self._copies[message.uid]:
            for name, value in changes.items():
                setattr(copy, name, value)
            self.tell(copy.owner_id, self._record(copy.owner_id, MessageEdited(copy)))

    async def delete(self, message: Message) -> None:
        """Take every copy out of its box."""
        for copy in self._copies.pop(message.uid, []):
            self.boxes[copy.owner_id].pop(copy.id, None)
            self._chats[copy.owner_id, copy.chat_id].pop(copy.id, None)
            gone = MessagesDeleted(copy.owner_id, copy.chat_id, (copy.id,))
            self.tell(copy.owner_id, self._record(copy.owner_id, gone))
        await self.log.write("delete", uid=message.uid, sender=message.sender_id)

    async def press(self, person_id: int, message: Message, data: str) -> str:
        """`person_id` presses a button of the bot's message (their own copy); the query's id."""
        bot_copy = self.copy_of(message, message.sender_id)
        if bot_copy is None:
            raise LookupError("The bot's copy of this message is gone")
        query_id = str(secrets.randbits(62))
        self.tell(message.sender_id, CallbackPressed(query_id, person_id, replace(bot_copy), data))
        return query_id

    async def read(self, reader_id: int, writer_id: int, *, up_to: int | None = None) -> None:
        """`reader_id` has read what `writer_id` wrote them, up to this id in their own box."""
        seen = [m for m in self.history(reader_id, writer_id) if not m.out]
        seen = [m for m in seen if up_to is None or m.id <= up_to]
        theirs = self.copy_of(seen[-1], writer_id) if seen else None
        if theirs is None or theirs.id <= self.outbox_read[writer_id, reader_id]:
            return
        self.inbox_read[reader_id, writer_id] = seen[-1].id
        self.outbox_read[writer_id, reader_id] = theirs.id
        happening = self._record(writer_id, OutboxRead(writer_id, reader_id, theirs.id))
        await self.log.write("read", reader=reader_id, writer=writer_id, max_id=theirs.id)
        self.tell(writer_id, happening)
