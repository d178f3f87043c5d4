"""Messages and what they carry, in a form that is neither TL nor the Bot API's JSON."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, Literal

# What a service message announces: core.telegram.org/type/MessageAction.
Service = Literal["pinned_message", "contact_sign_up", "phone_call", "screenshot_taken"]
SERVICE = "service"  # the key in `Message.extra` of a service message


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting of `text[offset : offset + length]`, in UTF-16 units.

    `type` is the Bot API's name ("bold", "text_link", "custom_emoji" …); both APIs map it. See
    core.telegram.org/api/entities.
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
    """A file. `id` is the same in both APIs; `data` are the bytes as uploaded.

    `width` and `height` are in pixels, `duration` in seconds.
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
    """One inline button with exactly one of `callback_data`, `url` and `copy_text`."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    style: str | None = None
    copy_text: str | None = None


@dataclass(slots=True)
class Message:
    """One copy of a message, in the box of `owner_id`.

    `id` counts within the box; `uid` is shared by all copies. `chat_id` is the other side as the
    owner sees it. `pts` is that of the event which stored this copy. In Unix seconds are `date`,
    `edited_at` and `reacted_at`, the moment of the latest change of its reactions. `extra` holds
    what only the Bot API knows, in its own shape: a shared contact, a forward's origin. It marks a
    service message, too.
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
    reacted_at: int | None = None
    pinned: bool = False
    reacted_by: dict[int, tuple[str, ...]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def reactions(self) -> tuple[str, ...]:
        """All emojis, in the order in which people first reacted."""
        return tuple(itertools.chain.from_iterable(self.reacted_by.values()))

    @property
    def service(self) -> Service | None:
        """What a service message announces; None for an ordinary message."""
        service: Service | None = self.extra.get(SERVICE)
        return service

    @property
    def out(self) -> bool:
        """Whether the owner of the box sent it."""
        return self.sender_id == self.owner_id
