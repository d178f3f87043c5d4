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
from bot.uploads.intake.identities import RowFault, looks_like_recipient
from bot.uploads.intake.limits import (
    LONGEST_KEY,
    LONGEST_LINE,
    MOST_CELLS,
    bounded_lines,
    fault_of,
    shortened,
)
from db.models.text import storable

DELIMITERS = (",", ";", "\t")
_NAMED_DELIMITERS = frozenset(",;\t|:^~!#$%&*/ ")  # that a `sep=` line may name
JSON_LINES = "json"
SPACES = " "  # one line of recipients with spaces between them
_QUOTING: dict[bool, Literal[0, 3]] = {True: csv.QUOTE_MINIMAL, False: csv.QUOTE_NONE}
_SAMPLE_ROWS = 200
_LONGEST_RECORD = 40  # lines; more means a quotation mark that is not closed

csv.field_size_limit(LONGEST_LINE)


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
    """`number` counts from 1, as a spreadsheet does.

    `fault`: why the row cannot be read, whatever its columns hold; its cells are cut then.
    """

    number: int
    cells: list[str]
    fault: RowFault | None = None


def guess_layout(content: bytes, encoding: str) -> Layout:
    """Return how this file is cut into rows and cells. Reads the whole file."""
    head = open_text(content, encoding).read(4096).lstrip("\ufeff \t\r\n")
    if head.startswith(("{", "[")) and (keys := _keys(content, encoding)):
        return Layout(encoding, JSON_LINES, keys=keys)
    first = head.split("\n", 1)[0].rstrip("\r")
    if first.lower().startswith("sep=") and len(first) == 5 and first[4] in _NAMED_DELIMITERS:
        return _with_quotes_checked(content, Layout(encoding, first[4]))
    best, best_score = Layout(encoding, ","), (0.0, 0)
    for delimiter in DELIMITERS:
        layout = _with_quotes_checked(content, Layout(encoding, delimiter))
        score = _score(list(islice(_filled_records(content, layout), _SAMPLE_ROWS)))
        if score > best_score:
            best, best_score = layout, score
    return _unrolled(content, best)


def rows(content: bytes, layout: Layout) -> Iterator[Row]:
    """Yield the rows that are not empty, in order; a `sep=` line of Excel is not a row."""
    if layout.delimiter == JSON_LINES:
        yield from _json_rows(content, layout)
        return
    for number, cells, long_line in _records(content, layout):
        if long_line:
            yield Row(number, [long_line], RowFault.LINE_TOO_LONG)
        elif layout.unrolled:
            filled = (cell for cell in cells if cell.strip())
            yield from (_row(place, [cell]) for place, cell in enumerate(filled, number))
        elif any(cell.strip() for cell in cells):
            yield _row(number, cells)


def _row(number: int, cells: list[str]) -> Row:
    fault = fault_of(cells)
    return Row(number, cells[:MOST_CELLS] if fault is None else shortened(cells), fault)


def _records(content: bytes, layout: Layout) -> Iterator[tuple[int, list[str], str]]:
    """Yield numbered records; with each, how its first line that is too long begins, else ""."""
    too_long: dict[int, str] = {}
    reader, number = _reader(content, layout, too_long), 0
    for place, cells in enumerate(reader):
        if place == 0 and cells and cells[0].lower().startswith("sep="):
            continue
        number += 1
        yield number, cells, next(iter(too_long.values()), "")
        too_long.clear()


def _filled_records(content: bytes, layout: Layout) -> Iterator[list[str]]:
    return (
        cells
        for _, cells, long_line in _records(content, layout)
        if not long_line and any(cell.strip() for cell in cells)
    )


def _reader(  # the type of csv.reader cannot be imported
    content: bytes, layout: Layout, too_long: dict[int, str]
) -> Any:
    return csv.reader(
        bounded_lines(open_text(content, layout.encoding), too_long),
        delimiter=layout.delimiter,
        quoting=_QUOTING[layout.quoted],
        skipinitialspace=layout.delimiter != "\t",
    )


def _with_quotes_checked(content: bytes, layout: Layout) -> Layout:
    """Return the layout, without quoting when an unclosed quotation mark would take in rows."""
    too_long: dict[int, str] = {}
    reader, line = _reader(content, layout, too_long), 0
    try:
        for cells in reader:
            lines = reader.line_num - line
            if lines > _LONGEST_RECORD or (
                lines > 1 and (too_long or _holds_rows(cells, layout.delimiter))
            ):
                raise csv.Error
            line = reader.line_num
            too_long.clear()
    except csv.Error:
        return Layout(layout.encoding, layout.delimiter, quoted=False)
    return layout


def _holds_rows(cells: list[str], delimiter: str) -> bool:
    """Whether a cell of several lines has whole rows in it, after an unclosed mark."""
    return any(
        "\n" in cell and any(map(looks_like_recipient, cell.split("\n")[0].split(delimiter)))
        for cell in cells
    )


def _score(sample: list[list[str]]) -> tuple[float, int]:
    """Score a layout: rows of one width that have a recipient, then the width."""
    if not sample:
        return 0.0, 0
    body = sample[1:] or sample
    width, same = Counter(map(len, body)).most_common(1)[0]
    usable = sum(any(map(looks_like_recipient, cells)) for cells in body)
    return round(same / len(body) * usable / len(body), 2), width


def _unrolled(content: bytes, layout: Layout) -> Layout:
    """Return a layout in which each recipient of a single line is a row, if it is such a line."""
    sample = list(islice(_filled_records(content, layout), 2))
    if len(sample) != 1:
        return layout
    (cells,) = sample
    if len(cells) > 2 and all(looks_like_recipient(cell) for cell in cells if cell.strip()):
        return Layout(layout.encoding, layout.delimiter, layout.quoted, unrolled=True)
    parts = " ".join(cells).split()
    if len(parts) > 1 and all(map(looks_like_recipient, parts)):
        return Layout(layout.encoding, SPACES, unrolled=True)
    return layout


def _json_rows(content: bytes, layout: Layout) -> Iterator[Row]:
    column_of = {key: column for column, key in enumerate(layout.keys)}
    for number, record in _json_records(content, layout.encoding):
        if isinstance(record, Row):
            yield record
            continue
        cells = [""] * len(layout.keys)
        for key, value in record.items():
            if (column := column_of.get(key)) is not None:
                cells[column] = _cell(value)
        if record.keys() <= column_of.keys():
            yield _row(number, cells)
        else:
            long = any(len(key) > LONGEST_KEY for key in record)
            fault = RowFault.KEY_TOO_LONG if long else RowFault.TOO_MANY_CELLS
            yield Row(number, shortened(cells), fault)


def _json_records(content: bytes, encoding: str) -> Iterator[tuple[int, dict[str, Any] | Row]]:
    """Yield numbered objects; a faulty row for what is not a JSON object."""
    text = open_text(content, encoding)
    if text.read(4096).lstrip("\ufeff \t\r\n").startswith("["):
        array = _parsed(open_text(content, encoding).read())
        for number, item in enumerate(array if isinstance(array, list) else [], 1):
            record = _record(item)
            yield number, _not_json(number, json.dumps(item)) if record is None else record
        return
    too_long: dict[int, str] = {}
    for number, line in enumerate(bounded_lines(open_text(content, encoding), too_long), 1):
        if number in too_long:
            yield number, Row(number, [too_long.pop(number)], RowFault.LINE_TOO_LONG)
        elif line.strip():
            record = _record(_parsed(line))
            yield number, _not_json(number, line) if record is None else record


def _record(item: Any) -> dict[str, Any] | None:
    """Return an object with keys that can be stored; None when `item` is no object."""
    if not isinstance(item, dict):
        return None
    return {storable(key): value for key, value in item.items()}


def _not_json(number: int, written: str) -> Row:
    return Row(number, shortened([written.strip()]), RowFault.NOT_JSON)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _keys(content: bytes, encoding: str) -> tuple[str, ...]:
    """Return the keys in the order of first appearance: MOST_CELLS of them, none too long."""
    found: dict[str, None] = {}
    for _, record in _json_records(content, encoding):
        if isinstance(record, dict):
            for key in record:
                if len(found) < MOST_CELLS and len(key) <= LONGEST_KEY:
                    found[key] = None
    return tuple(found)


def _cell(value: Any) -> str:
    """Write a JSON value as a cell: null as "", nested values as JSON, without lone surrogates."""
    if value is None:
        return ""
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
