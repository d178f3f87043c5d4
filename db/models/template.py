"""A message with placeholders, and how it is filled without breaking its formatting.

`{{field}}` and `{{field|fallback}}` are replaced by a contact's fields. Entities are measured in
UTF-16 units, as Telegram does, and move with the text they cover.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting over a stretch of text, in UTF-16 units. `type` is the Bot API's name."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user_id: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Without the empty parts, as it is stored in jsonb."""
        return {
            name: value for name in self.__slots__ if (value := getattr(self, name)) is not None
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Entity:
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class Filled:
    """A message as one recipient gets it."""

    text: str
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One row of templates. `media_id` is None for a text."""

    id: int
    name: str
    text: str
    entities: tuple[Entity, ...]
    media_id: int | None


def fill(text: str, entities: tuple[Entity, ...], fields: dict[str, str]) -> Filled:
    """Replace every placeholder; a missing or blank field gives its fallback, else nothing."""
    raise NotImplementedError
