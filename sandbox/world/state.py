"""The boxes of all people and chats, and the operations on them.

Both APIs and `Person` call the same operations, so both sides of a conversation share one history.
As on the real server, a message between two people makes two copies, one in each box. In a basic
group each member has a copy. In a channel or supergroup there is one copy, in the chat's own box.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.world.chats import has_own_box
from sandbox.world.directory import Directory
from sandbox.world.events import (
    CallbackPressed,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
    RecordedEvent,
)
from sandbox.world.journal import Journal
from sandbox.world.log import EffectLog
from sandbox.world.messages import Button, Entity, Media, Message


class World(Directory, Journal):
    """People, chats, boxes, subscribers and the log; `folder` holds the log (`effects.jsonl`)."""

    def __init__(self, folder: Path) -> None:
        Directory.__init__(self)
        Journal.__init__(self)
        self.log = EffectLog(folder / "effects.jsonl")
        self.boxes: dict[int, dict[int, Message]] = defaultdict(dict)
        self.media: dict[int, Media] = {}
        self.outbox_read: dict[tuple[int, int], int] = defaultdict(int)
        self.pinned_chats: dict[int, list[int]] = defaultdict(list)
        self.inbox_read: dict[tuple[int, int], int] = defaultdict(int)
        self._chats: dict[tuple[int, int], dict[int, Message]] = defaultdict(dict)
        self._copies: dict[int, list[Message]] = {}
        self._next_id: dict[int, itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self._uids = itertools.count(1)
        self._media_ids = itertools.count(secrets.randbits(40) << 16)

    # --- writing ------------------------------------------------------------

    def new_media(self, kind: Any, data: bytes, **what: Any) -> Media:
        """Register a file; `what` are fields of `Media`."""
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
        date: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Message:
        """Store a message in every box it belongs to, log it durably, notify the subscribers.

        `recipient_id` is a person's id or a chat's. `reply_to` is an id in the box that the sender
        sees. `date` (Unix seconds) is the present by default; ValueError for a moment in the future
        or before the latest message of the conversation. Returns the copy that the sender sees. The
        caller checks the rules of its API first: who may write where, limits, a repeated random_id.
        """
        date = self._moment(sender_id, recipient_id, date)
        uid = next(self._uids)
        seen_in = self.box_of(sender_id, recipient_id)
        copies = [
            Message(
                uid=uid,
                id=next(self._next_id[owner]),
                owner_id=owner,
                chat_id=other,
                sender_id=sender_id,
                date=date,
                text=text,
                entities=entities,
                media=media,
                buttons=buttons,
                reply_to=reply_to
                if owner == seen_in
                else self._id_in_box(seen_in, reply_to, owner),
                grouped_id=grouped_id,
                random_id=random_id if owner == seen_in else None,
                extra=dict(extra or {}),
            )
            for owner, other in self._sides(sender_id, recipient_id)
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
            file_name=media.file_name if media else None,
        )
        for copy, event in zip(copies, stored, strict=True):
            self._announce(copy.owner_id, event)
        return copies[0]

    def _moment(self, sender_id: int, recipient_id: int, date: int | None) -> int:
        now = int(time.time())
        if date is None:
            return now
        if date > now or any(m.date > date for m in self.history(sender_id, recipient_id)[-1:]):
            raise ValueError("The date is in the future, or before the latest message")
        return date

    def _sides(self, sender_id: int, recipient_id: int) -> list[tuple[int, int]]:
        """Return (owner, the other side as they see it) for each box, the sender's box first."""
        if has_own_box(recipient_id):
            return [(recipient_id, recipient_id)]
        if recipient_id < 0:
            members = self.chat_records[recipient_id].members
            owners = [sender_id, *(one for one in members if one != sender_id)]
            return [(owner, recipient_id) for owner in owners]
        sides = [(sender_id, recipient_id), (recipient_id, sender_id)]
        return sides[: len(set(sides))]

    def _store(self, copy: Message) -> RecordedEvent:
        event = self.record(copy.owner_id, MessageStored(copy))
        copy.pts = event.pts
        self.boxes[copy.owner_id][copy.id] = copy
        self._chats[copy.owner_id, copy.chat_id][copy.id] = copy
        return event

    def _announce(self, owner_id: int, event: RecordedEvent) -> None:
        """Notify everybody who sees this box: its owner, or all members of the chat."""
        for one in list(self.chat_records[owner_id].members) if owner_id < 0 else [owner_id]:
            self.notify(one, event)

    async def edit(self, message: Message, **changes: Any) -> None:
        """Change `text`, `entities`, `media` or `buttons` in every copy, log and announce it."""
        await self.mark(message, edited_at=int(time.time()), **changes)
        await self.log.write("edit", uid=message.uid, sender=message.sender_id, text=message.text)

    async def mark(self, message: Message, **changes: Any) -> None:
        """Change `pinned` or `reacted_by`, which is not an edit, in every copy, and announce it."""
        for copy in self._copies[message.uid]:
            for name, value in changes.items():
                setattr(copy, name, value)
            self._announce(copy.owner_id, self.record(copy.owner_id, MessageEdited(copy)))

    async def delete(self, message: Message, *, revoke: bool = True) -> None:
        """Remove every copy from its box; without `revoke` this copy only."""
        copies = self._copies.get(message.uid, [])
        for copy in [one for one in copies if revoke or one is message]:
            copies.remove(copy)
            self.boxes[copy.owner_id].pop(copy.id, None)
            self._chats[copy.owner_id, copy.chat_id].pop(copy.id, None)
            gone = MessagesDeleted(copy.owner_id, copy.chat_id, (copy.id,))
            self._announce(copy.owner_id, self.record(copy.owner_id, gone))
        await self.log.write("delete", uid=message.uid, sender=message.sender_id, revoke=revoke)

    async def press(self, person_id: int, message: Message, data: str) -> str:
        """Press a button of the bot's message, given as the person's copy; return the query id."""
        bot_copy = self.copy_of(message, message.sender_id)
        if bot_copy is None:
            raise LookupError("The bot's copy of this message is gone")
        query_id = str(secrets.randbits(62))
        self.notify(
            message.sender_id, CallbackPressed(query_id, person_id, replace(bot_copy), data)
        )
        return query_id

    # --- reading ------------------------------------------------------------

    def box_of(self, viewer_id: int, chat_id: int) -> int:
        """Return whose box holds the viewer's conversation: their own, or the chat's."""
        return chat_id if has_own_box(chat_id) else viewer_id

    def copy_of(self, message: Message, owner_id: int) -> Message | None:
        """Return the copy of this message that `owner_id` sees."""
        copies = self._copies.get(message.uid, [])
        return next((c for c in copies if c.owner_id == self.box_of(owner_id, c.chat_id)), None)

    def _id_in_box(self, owner_id: int, message_id: int | None, other_id: int) -> int | None:
        if message_id is None or (mine := self.boxes[owner_id].get(message_id)) is None:
            return None
        theirs = self.copy_of(mine, other_id)
        return theirs.id if theirs is not None else None

    def history(self, owner_id: int, chat_id: int) -> list[Message]:
        """Return a conversation as its owner sees it, oldest first."""
        return list(self._chats[self.box_of(owner_id, chat_id), chat_id].values())

    def chats(self, owner_id: int) -> list[int]:
        """Return the people and chats with which this person has messages, the latest first."""
        latest = {m.chat_id: (m.date, m.uid) for m in self.boxes[owner_id].values()}
        for chat in self.chats_of(owner_id):
            if has_own_box(chat.id) and (history := self.history(owner_id, chat.id)):
                latest[chat.id] = history[-1].date, history[-1].uid
        return sorted(latest, key=lambda chat_id: latest[chat_id], reverse=True)

    async def read(self, reader_id: int, chat_id: int, *, up_to: int | None = None) -> None:
        """Mark a conversation as read by `reader_id`, up to this id in the box that they see.

        The authors of the messages are notified, except in a broadcast channel.
        """
        theirs = [m for m in self.history(reader_id, chat_id) if m.sender_id != reader_id]
        seen = [m for m in theirs if up_to is None or m.id <= up_to]
        if not seen or seen[-1].id <= self.inbox_read[reader_id, chat_id]:
            return
        self.inbox_read[reader_id, chat_id] = seen[-1].id
        if chat_id < 0 and self.chat_records[chat_id].kind == "channel":
            return
        for writer_id, last in {m.sender_id: m for m in seen}.items():
            await self._was_read(writer_id, chat_id if chat_id < 0 else reader_id, reader_id, last)

    async def _was_read(
        self, writer_id: int, chat_id: int, reader_id: int, message: Message
    ) -> None:
        own = self.copy_of(message, writer_id)
        if own is None or own.id <= self.outbox_read[writer_id, chat_id]:
            return
        self.outbox_read[writer_id, chat_id] = own.id
        event: RecordedEvent = OutboxRead(writer_id, chat_id, own.id)
        if not has_own_box(chat_id):
            event = self.record(writer_id, event)
        await self.log.write("read", reader=reader_id, writer=writer_id, max_id=own.id)
        self.notify(writer_id, event)
