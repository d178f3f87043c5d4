"""Events in a box, as its subscribers receive them.

`pts` is the number of the event in the journal of the box (core.telegram.org/api/updates). Events
without it are not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.world.messages import Message


@dataclass(frozen=True, slots=True)
class MessageStored:
    """A copy of a message was stored in its owner's box."""

    message: Message
    pts: int = 0


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message was changed in its owner's box."""

    message: Message
    pts: int = 0


@dataclass(frozen=True, slots=True)
class MessagesDeleted:
    """Messages were removed from the box of `owner_id`."""

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
    """The bot answered a callback query: `text` is the toast; None only ends the waiting."""

    query_id: str
    text: str | None = None
    alert: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRead:
    """`chat_id` has read the messages of `owner_id` up to `max_id` in the owner's box."""

    owner_id: int
    chat_id: int
    max_id: int
    pts: int = 0


@dataclass(frozen=True, slots=True)
class BlockChanged:
    """`person_id` has blocked or unblocked the owner of this box."""

    person_id: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class Reacted:
    """`person_id` replaced the reactions `before` to the owner's `message` with `after`."""

    person_id: int
    message: Message
    before: tuple[str, ...]
    after: tuple[str, ...]


RecordedEvent = MessageStored | MessageEdited | MessagesDeleted | OutboxRead
Event = RecordedEvent | CallbackPressed | CallbackAnswered | BlockChanged | Reacted
