"""A preview of a file as it is read now: how many rows, a few of them, and other encodings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from bot.uploads.intake.columns import Reading, Role
from bot.uploads.intake.decode import SAMPLE_BYTES, other_encodings
from bot.uploads.intake.parse import body
from db.models.text import storable

SAMPLE_ROWS = 3
MOST_SPELLINGS = 4


@dataclass(frozen=True, slots=True)
class FilePreview:
    """`rows` is the number of rows under the header, `sample` the cells of the first few."""

    reading: Reading
    rows: int
    sample: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A telling cell of the file, decoded with `encoding`, for a person to judge."""

    encoding: str
    name: str


def preview(content: bytes, reading: Reading) -> FilePreview:
    """Count the rows of the file and return the first few. Reads the whole file."""
    rows = body(content, reading)
    sample = tuple(tuple(row.cells) for row in islice(rows, SAMPLE_ROWS))
    return FilePreview(reading, len(sample) + sum(1 for _ in rows), sample)


def spellings(content: bytes, reading: Reading) -> list[Spelling]:
    """Return up to MOST_SPELLINGS encodings in which the first telling cell differs."""
    head = content[:SAMPLE_BYTES]
    now = reading.layout.encoding
    found: list[Spelling] = []
    for encoding in [now, *(other for other in other_encodings(content) if other != now)]:
        name = _telling(storable(head.decode(encoding, errors="replace")), reading)
        if name and all(name != other.name for other in found):
            found.append(Spelling(encoding, name))
    return found[:MOST_SPELLINGS]


def _telling(text: str, reading: Reading) -> str:
    """Return the first cell that is not ASCII, of the name's column if possible; "" for none."""
    delimiter = reading.layout.delimiter
    lines = text.lstrip("\ufeff").splitlines()
    # In a wrong encoding a header is not recognised, so the first of several lines is skipped.
    table = [line.split(delimiter) for line in lines[1:] or lines]
    column = reading.roles.index(Role.NAME) if Role.NAME in reading.roles else None
    named = [row[column] for row in table if column is not None and column < len(row)]
    every = [cell for row in table for cell in row]
    return next((c.strip(' "') for c in [*named, *every] if not c.isascii()), "")
