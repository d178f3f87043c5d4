"""From text to numbered rows of cells: CSV with any usual separator, TXT, JSON lines."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from bot.uploads.intake.decode import open_text
from bot.uploads.intake.identities import looks_like_recipient

DELIMITERS = (",", ";", "\t")
JSON_LINES = "json"
SPACES = " "  # one line of recipients with spaces between them
_QUOTING: dict[bool, Literal[0, 3]] = {True: csv.QUOTE_MINIMAL, False: csv.QUOTE_NONE}
_SAMPLE_ROWS = 200
_LONGEST_RECORD = 40  # lines; more means a quotation mark that is not closed

csv.field_size_limit(1_000_000)


@dataclass(frozen=True, slots=True)
class Layout:
    """How text is cut into rows. `delimiter` may be JSON_LINES; then `keys` are the columns.

    `unrolled`: the file is one line of recipients, each of which becomes a row.
    """

    encoding: str
    delimiter: str
    quoted: bool = True
    unrolled: bool = False
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts from 1, as a spreadsheet does; `broken` is a line that is not JSON."""

    number: int
    cells: list[str]
    broken: bool = False


def guess_layout(content: bytes, encoding: str) -> Layout:
    """Return how this file is cut into rows and cells. Reads the whole file."""
    head = open_text(content, encoding).read(4096).lstrip("\ufeff \t\r\n")
    if head.startswith(("{", "[")) and (keys := _keys(content, encoding)):
        return Layout(encoding, JSON_LINES, keys=keys)
    first = head.split("\n", 1)[0].rstrip("\r")
    if first.lower().startswith("sep=") and len(first) == 5:
        return _with_quotes_checked(content, Layout(encoding, first[4]))
    best, best_score = Layout(encoding, ","), (0.0, 0)
    for delimiter in DELIMITERS:
        layout = _with_quotes_checked(content, Layout(encoding, delimiter))
        score = _score(list(islice(rows(content, layout), _SAMPLE_ROWS)))
        if score > best_score:
            best, best_score = layout, score
    return _unrolled(content, best)


def rows(content: bytes, layout: Layout) -> Iterator[Row]:
    """Yield the rows that are not empty, in order; a `sep=` line of Excel is not a row."""
    if layout.delimiter == JSON_LINES:
        yield from _json_rows(content, layout)
        return
    for number, cells in enumerate(_records(content, layout), 1):
        if not any(cell.strip() for cell in cells):
            continue
        if layout.unrolled:
            places = enumerate((cell for cell in cells if cell.strip()), number)
            yield from (Row(place, [cell]) for place, cell in places)
        else:
            yield Row(number, cells)


def _records(content: bytes, layout: Layout) -> Iterator[list[str]]:
    reader = _reader(content, layout)
    for place, cells in enumerate(reader):
        if place == 0 and cells and cells[0].lower().startswith("sep="):
            continue
        yield [cell.replace("\0", "") for cell in cells]


def _reader(content: bytes, layout: Layout) -> Any:  # the type of csv.reader cannot be imported
    return csv.reader(
        open_text(content, layout.encoding),
        delimiter=layout.delimiter,
        quoting=_QUOTING[layout.quoted],
        skipinitialspace=layout.delimiter != "\t",
    )


def _with_quotes_checked(content: bytes, layout: Layout) -> Layout:
    """Return the layout, without quoting when an unclosed quotation mark would take in rows."""
    reader, line = _reader(content, layout), 0
    try:
        for cells in reader:
            lines = reader.line_num - line
            if lines > _LONGEST_RECORD or (lines > 1 and _holds_rows(cells, layout.delimiter)):
                raise csv.Error
            line = reader.line_num
    except csv.Error:
        return Layout(layout.encoding, layout.delimiter, quoted=False)
    return layout


def _holds_rows(cells: list[str], delimiter: str) -> bool:
    """Whether a cell of several lines has whole rows in it, after an unclosed mark."""
    return any(
        "\n" in cell and any(map(looks_like_recipient, cell.split("\n")[0].split(delimiter)))
        for cell in cells
    )


def _score(sample: list[Row]) -> tuple[float, int]:
    """Score a layout: rows of one width that have a recipient, then the width."""
    if not sample:
        return 0.0, 0
    body = sample[1:] or sample
    width, same = Counter(len(row.cells) for row in body).most_common(1)[0]
    usable = sum(any(map(looks_like_recipient, row.cells)) for row in body)
    return round(same / len(body) * usable / len(body), 2), width


def _unrolled(content: bytes, layout: Layout) -> Layout:
    """Return a layout in which each recipient of a single line is a row, if it is such a line."""
    sample = list(islice(rows(content, layout), 2))
    if len(sample) != 1:
        return layout
    cells = sample[0].cells
    if len(cells) > 2 and all(looks_like_recipient(cell) for cell in cells if cell.strip()):
        return Layout(layout.encoding, layout.delimiter, layout.quoted, unrolled=True)
    parts = " ".join(cells).split()
    if len(parts) > 1 and all(map(looks_like_recipient, parts)):
        return Layout(layout.encoding, SPACES, unrolled=True)
    return layout


def _json_rows(content: bytes, layout: Layout) -> Iterator[Row]:
    for number, record in _json_records(content, layout.encoding):
        if isinstance(record, str):
            yield Row(number, [record], broken=True)
        else:
            yield Row(number, [_cell(record.get(key)) for key in layout.keys])


def _json_records(content: bytes, encoding: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield numbered objects; the line itself when it is not a JSON object."""
    text = open_text(content, encoding)
    if text.read(4096).lstrip("\ufeff \t\r\n").startswith("["):
        array = _parsed(open_text(content, encoding).read())
        for number, item in enumerate(array if isinstance(array, list) else [], 1):
            yield number, item if isinstance(item, dict) else json.dumps(item)
        return
    text = open_text(content, encoding)
    for number, line in enumerate(text, 1):
        if line.strip():
            item = _parsed(line)
            yield number, item if isinstance(item, dict) else line.strip()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _keys(content: bytes, encoding: str) -> tuple[str, ...]:
    """Return every key, in the order of first appearance."""
    found: dict[str, None] = {}
    for _, record in _json_records(content, encoding):
        if isinstance(record, dict):
            found.update(dict.fromkeys(record))
    return tuple(found)


def _cell(value: Any) -> str:
    """Write a JSON value as a cell: null as "", nested values as JSON, without lone surrogates."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\0", "").encode(errors="ignore").decode()
