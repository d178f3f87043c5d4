"""A first look at a file as it is read now: how many rows, a few of them, and other spellings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from bot.uploads.intake.columns import Reading, Role
from bot.uploads.intake.decode import SAMPLE_BYTES, other_encodings
from bot.uploads.intake.parse import body

SAMPLE_ROWS = 3
MOST_SPELLINGS = 4


@dataclass(frozen=True, slots=True)
class Glimpse:
    """`rows` is how many rows stand under the header, `sample` the first few."""

    reading: Reading
    rows: int
    sample: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Letters:
    """How the file begins to read in one encoding."""

    encoding: str
    name: str


def glimpse(content: bytes, reading: Reading) -> Glimpse:
    """One pass over the file."""
    rows = body(content, reading)
    sample = tuple(tuple(row.cells) for row in islice(rows, SAMPLE_ROWS))
    return Glimpse(reading, len(sample) + sum(1 for _ in rows), sample)


def letters(content: bytes, reading: Reading) -> list[Letters]:
    """Up to four encodings with the file's first telling cell, different to the eye."""
    head = content[:SAMPLE_BYTES]
    now = reading.layout.encoding
    found: list[Letters] = []
    for encoding in [now, *(other for other in other_encodings(content) if other != now)]:
        name = _telling(head.decode(encoding, errors="replace"), reading)
        if name and all(name != letters.name for letters in found):
            found.append(Letters(encoding, name))
    return found[:MOST_SPELLINGS]


def _telling(text: str, reading: Reading) -> str:
    """The first cell that is not plain ASCII, of the name's column if it can be."""
    delimiter = reading.layout.delimiter
    lines = text.lstrip("\ufeff").splitlines()
    # In a wrong encoding a header is not known as one, so the first of several lines is passed.
    table = [line.split(delimiter) for line in lines[1:] or lines]
    column = reading.roles.index(Role.NAME) if Role.NAME in reading.roles else None
    named = [row[column] for row in table if column is not None and column < len(row)]
    every = [cell for row in table for cell in row]
    return next((c.strip(' "') for c in [*named, *every] if not c.isascii()), "")
