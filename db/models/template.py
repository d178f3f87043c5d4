"""A message with placeholders, and its filling with a contact's fields.

`{{field}}` and `{{field|fallback}}` are replaced. Entities are those of the Bot API: offsets and
lengths are in UTF-16 units. They move with the text that they cover. Nothing is evaluated: a name
consists of letters, digits and `_`, and values are not searched for placeholders.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

MOST_IN_TEXT = 4096  # UTF-16 units, of Telegram
MOST_IN_CAPTION = 1024

_CANDIDATE = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")
_OPENING = re.compile(r"\{\{(?!\{)")
_LONGEST_EXCERPT = 24


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting of a part of a text, as MessageEntity of the Bot API. Units are UTF-16."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user_id: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fields that are not None, as stored in jsonb."""
        return {
            name: value for name in self.__slots__ if (value := getattr(self, name)) is not None
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Entity:
        """Return the entity that `to_json` stored."""
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class Filled:
    """A message for one recipient."""

    text: str
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One row of templates. `media_id` None: it is a text without a file."""

    id: int
    name: str
    text: str
    entities: tuple[Entity, ...]
    media_id: int | None
    created_by: int = 0

    @property
    def most_units(self) -> int:
        """The length that Telegram allows the filled message, in UTF-16 units."""
        return MOST_IN_TEXT if self.media_id is None else MOST_IN_CAPTION


@dataclass(frozen=True, slots=True)
class Media:
    """One row of media. `kind` is 'photo' or 'document'."""

    id: int
    kind: str
    file_name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One `{{field|fallback}}` of a text, from `start` to `end` in characters."""

    field: str
    fallback: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Filling:
    """The place of a placeholder before and after filling, in UTF-16 units.

    `fallback_start` is where the fallback stands in the template; None unless it was filled in.
    """

    start: int
    end: int
    filled_start: int
    filled_end: int
    fallback_start: int | None


@lru_cache(maxsize=4096)
def field_name(written: str) -> str:
    """Return the normal form of a field's name: "First Name" → "first_name", "Город " → "город".

    Headers of files and placeholders use the same rule. "" when no letter or digit is left.
    """
    letters = "".join(
        " " if unicodedata.category(c)[0] in "PSZC" else c
        for c in unicodedata.normalize("NFC", written).lower()
    )
    return "_".join(letters.split())


@lru_cache(maxsize=64)
def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Return the well-formed placeholders in order; a field may occur twice."""
    return tuple(
        Placeholder(field_name(match[1]), (match[2] or "").strip(), *match.span())
        for match in _CANDIDATE.finditer(text)
        if _is_name(match[1])
    )


def mistakes(text: str) -> list[str]:
    """Return an excerpt for every "{{" that begins no placeholder: "{{ }}", "{{a.b}}", "{{name"."""
    whole = {p.start for p in placeholders(text)}
    return [
        _excerpt(text, match.start())
        for match in _OPENING.finditer(text)
        if match.start() not in whole
    ]


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units, as Telegram counts it."""
    return len(text) + sum(c > "\uffff" for c in text)


def fill(text: str, entities: tuple[Entity, ...], fields: Mapping[str, str]) -> Filled:
    """Replace every placeholder by its field, or by its fallback if that is missing or blank.

    An entity that covers a part of a placeholder covers all of the value. An entity that is left
    without text is dropped.
    """
    known = {field_name(name): value for name, value in fields.items()}
    pieces: list[str] = []
    fillings: list[_Filling] = []
    read = units_read = units_written = 0
    for placeholder in placeholders(text):
        before = text[read : placeholder.start]
        written = text[placeholder.start : placeholder.end]
        value = known.get(placeholder.field, "")
        missing = not value.strip()
        filled = placeholder.fallback if missing else value
        units_read += utf16_length(before)
        units_written += utf16_length(before)
        fallback_at = written.rfind(filled) if missing and filled else -1
        fillings.append(
            _Filling(
                start=units_read,
                end=units_read + utf16_length(written),
                filled_start=units_written,
                filled_end=units_written + utf16_length(filled),
                fallback_start=(
                    units_read + utf16_length(written[:fallback_at]) if fallback_at >= 0 else None
                ),
            )
        )
        units_read = fillings[-1].end
        units_written = fillings[-1].filled_end
        pieces += [before, filled]
        read = placeholder.end
    pieces.append(text[read:])
    return Filled("".join(pieces), tuple(_moved(entities, fillings)))


def longest_filled(template: Template, rows: Iterable[Mapping[str, str]]) -> int:
    """Return the length of the longest message of these rows in UTF-16 units; 0 without rows."""
    return max((utf16_length(fill(template.text, (), row).text) for row in rows), default=0)


def _is_name(written: str) -> bool:
    """Return whether it has only letters of any script (with marks), digits, `_` and blanks."""
    return bool(field_name(written)) and all(
        c.isalnum() or c in "_ \t\u00a0" or unicodedata.category(c)[0] == "M" for c in written
    )


def _excerpt(text: str, start: int) -> str:
    """Return the malformed placeholder at `start`, to its end or cut to a readable length."""
    rest = text[start : start + 200].split("\n", 1)[0]
    closing = rest.find("}}")
    whole = rest if closing < 0 else rest[: closing + 2]
    return whole if len(whole) <= _LONGEST_EXCERPT else whole[:_LONGEST_EXCERPT] + "…"


def _moved(entities: tuple[Entity, ...], fillings: list[_Filling]) -> Iterator[Entity]:
    """Yield the entities at their places after filling, without those that cover nothing."""
    for entity in entities:
        if entity.type == "custom_emoji":
            start, end = _emoji_range(entity, fillings)
        else:
            start = _place(entity.offset, fillings, starts=True)
            end = _place(entity.offset + entity.length, fillings, starts=False)
        if end > start:
            yield replace(entity, offset=start, length=end - start)


def _place(offset: int, fillings: list[_Filling], *, starts: bool) -> int:
    """Return where an entity's edge lies after filling.

    An edge inside a placeholder moves to the start or the end of the value.
    """
    shift = 0
    for filling in fillings:
        if offset <= filling.start:
            break
        if offset < filling.end:
            return filling.filled_start if starts else filling.filled_end
        shift = filling.filled_end - filling.end
    return offset + shift


def _emoji_range(entity: Entity, fillings: list[_Filling]) -> tuple[int, int]:
    """Return (start, end) of a custom emoji after filling; (0, 0) when its text is gone.

    It must cover exactly one emoji. One in a fallback stays if the fallback was filled in.
    """
    start, end = entity.offset, entity.offset + entity.length
    for filling in fillings:
        if end <= filling.start or filling.end <= start:
            continue
        if filling.fallback_start is None or start < filling.fallback_start:
            return 0, 0
        moved = filling.filled_start + start - filling.fallback_start
        return (
            (moved, moved + entity.length)
            if moved + entity.length <= filling.filled_end
            else (0, 0)
        )
    moved = _place(start, fillings, starts=True)
    return moved, moved + entity.length
