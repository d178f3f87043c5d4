"""What a button carries: a typed record, packed into callback data and checked when parsed.

    class PauseCampaign(Press, data="c:{campaign_id}:pause"):
        campaign_id: int

    PauseCampaign(42).pack()               == "c:42:pause"
    PauseCampaign.parse("c:42:pause")      == PauseCampaign(42)
    PauseCampaign.parse("c:many:pause")    is None

A record names what to do and to which row; it never holds state, so a button in an old message
stays valid after a restart. Fields are int (0 to 2**63 - 1), str, bool ("on", "off"), StrEnum or
Literal of strings. A field at the end of `data` that has a default may be absent, together with
the one character before it. A `__post_init__` that raises ValueError refuses a value.

The Bot API allows 1 to 64 bytes: https://core.telegram.org/bots/api#inlinekeyboardbutton
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from enum import StrEnum
from string import Formatter
from typing import (
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    Self,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

LIMIT_BYTES = 64
LARGEST_INT = 2**63 - 1  # of a bigint
_SWITCH = {"on": True, "off": False}


class _Part(NamedTuple):
    """A field of a record as it is written: the literal text before it, then its value."""

    before: str
    field: Field[Any]
    pattern: str
    load: Callable[[str], Any]


@dataclass_transform(frozen_default=True)
class Press:
    """The base of all records; a subclass becomes a frozen dataclass."""

    _parts: ClassVar[tuple[_Part, ...]]
    _after: ClassVar[str]
    _pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, data: str) -> None:
        """Take the form from `data`: literal text with the {fields} in it."""
        dataclass(frozen=True)(cls)
        hints, by_name = get_type_hints(cls), {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
        parts, cls._after = [], ""
        for before, name, _spec, _conversion in Formatter().parse(data):
            if name is None:
                cls._after = before
            else:
                parts.append(_Part(before, by_name.pop(name), *_codec(hints[name])))
        if by_name:
            raise TypeError(f"{cls.__name__}: {', '.join(by_name)} are not in {data!r}")
        cls._parts = tuple(parts)
        cls._pattern = re.compile(_whole_pattern(cls._parts, cls._after), re.ASCII)

    def pack(self) -> str:
        """Return the callback data. Raise ValueError when it is too long or would not parse."""
        values = [getattr(self, part.field.name) for part in self._parts]
        written = list(zip(self._parts, values, strict=True))
        end = self._after
        while not self._after and written and written[-1][1] == written[-1][0].field.default:
            end = written.pop()[0].before[:-1] + end
        data = "".join(part.before + _dump(value) for part, value in written) + end
        if len(data.encode()) > LIMIT_BYTES or self.parse(data) != self:
            raise ValueError(f"{self} does not fit callback data: {data!r}")
        return data

    @classmethod
    def parse(cls, data: str) -> Self | None:
        """Return the record, or None when `data` is not one of this kind. Never raise."""
        if (match := cls._pattern.fullmatch(data)) is None:
            return None
        written = match.groupdict()
        try:
            return cls(
                **{
                    part.field.name: part.load(written[part.field.name])
                    for part in cls._parts
                    if written[part.field.name] is not None
                }
            )
        except ValueError:
            return None


def _whole_pattern(parts: tuple[_Part, ...], after: str) -> str:
    pattern, optional = re.escape(after), not after
    for part in reversed(parts):
        optional = optional and part.field.default is not MISSING
        text, separator = part.before[:-1], part.before[-1:]
        value = f"{re.escape(separator)}(?P<{part.field.name}>{part.pattern})"
        pattern = re.escape(text) + (f"(?:{value})?" if optional else value) + pattern
    return pattern


def _codec(kind: Any) -> tuple[str, Callable[[str], Any]]:
    """Return the pattern of a field's type and what makes its value of a text that matches."""
    if kind is int:
        return r"\d{1,19}", _int
    if kind is bool:
        return "on|off", _SWITCH.__getitem__
    if kind is str:
        return "[^:]+", str
    if get_origin(kind) is Literal:
        return "|".join(map(re.escape, get_args(kind))), str
    if issubclass(kind, StrEnum):
        return "|".join(map(re.escape, kind)), kind
    raise TypeError(f"A button cannot carry {kind}")


def _int(digits: str) -> int:
    if (value := int(digits)) > LARGEST_INT:
        raise ValueError(digits)
    return value


def _dump(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
