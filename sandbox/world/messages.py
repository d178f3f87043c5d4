"""A message as one side of a conversation keeps it, in words that neither door owns."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting over `text[offset : offset + length]`, in UTF-16 units.

    `type` is the Bot API's name ("bold", "text_link", "custom_emoji" …), which both doors map.
    """

    type: str
    offset: int
    length: int
    url: str | None = None
    user_id: int | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A file in the world. `id` is the same through both doors; bytes are kept as uploaded.

    `width` and `height` are pixels, `duration` the seconds of a video.
    """

    id: int
    kind: Literal["photo", "document", "video"]
    data: bytes = field(repr=False)
    file_name: str = ""
    mime_type: str = "application/octet-stream"
    width: int = 0
    height: int = 0
    duration: float = 0.0


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button; exactly one of `callback_data` and `url` is set."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    style: str | None = None
    copy_text: str | None = None


@dataclass(slots=True)
class Message:
    """One copy of a message in the box of `owner_id`.

    `id` counts inside that box; `uid` is shared by the two copies. `chat_id` is the other side as
    the owner sees it. `pts` is the owner's count of happenings when this copy was stored. `date`
    and `edited_at` are Unix seconds. `extra` carries what only one door
    knows (a shared contact, a forward's origin) in the Bot API's own shape.
    """

    uid: int
    id: int
    owner_id: int
    chat_id: int
    sender_id: int
    date: int
    pts: int = 0
    text: str = ""
    entities: tuple[Entity, ...] = ()
    media: Media | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    reply_to: int | None = None
    grouped_id: int | None = None
    random_id: int | None = None
    edited_at: int | None = None
    pinned: bool = False
    reacted_by: dict[int, tuple[str, ...]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def reactions(self) -> tuple[str, ...]:
        """Everyone's emojis, in the order in which people came."""
        return tuple(itertools.chain.from_iterable(self.reacted_by.values()))

    @property
    def out(self) -> bool:
        return self.sender_id == self.owner_id
