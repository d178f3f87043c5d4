"""What can happen in somebody's box, as its watchers are told.

`pts` is the number of the event in its owner's journal; a pressed button is not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.world.messages import Message


@dataclass(frozen=True, slots=True)
class MessageStored:
    """A copy appeared in its owner's box."""

    message: Message
    pts: int = 0


@dataclass(frozen=True, slots=True)
class MessageEdited:
    message: Message
    pts: int = 0


@dataclass(frozen=True, slots=True)
class MessagesDeleted:
    owner_id: int
    chat_id: int
    message_ids: tuple[int, ...]
    pts: int = 0


@dataclass(frozen=True, slots=True)
class CallbackPressed:
    """`person_id` pressed a button under the bot's `message` (the bot's copy)."""

    query_id: str
    person_id: int
    message: Message
    data: str


@dataclass(frozen=True, slots=True)
class CallbackAnswered:
    """The bot answered somebody's press: `text` is the toast (None: just no more waiting)."""

    query_id: str
    text: str | None = None
    alert: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRead:
    """`chat_id` has read what `owner_id` wrote them, up to `max_id` in the owner's box."""

    owner_id: int
    chat_id: int
    max_id: int
    pts: int = 0


@dataclass(frozen=True, slots=True)
class BlockChanged:
    """`person_id` has shut the owner of this box out, or let them in again."""

    person_id: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class Reacted:
    """`person_id` put the emojis `after` in place of `before` under the owner's `message`."""

    person_id: int
    message: Message
    before: tuple[str, ...]
    after: tuple[str, ...]


RecordedEvent = MessageStored | MessageEdited | MessagesDeleted | OutboxRead
Event = RecordedEvent | CallbackPressed | CallbackAnswered | BlockChanged | Reacted
