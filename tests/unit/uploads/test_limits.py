"""Lines, cells, keys and titles that are too long: each is refused by name, none silently."""

from __future__ import annotations

import io
import json

import pytest

from bot.uploads.faults import bad_rows_file
from bot.uploads.intake.columns import Role, guess_reading
from bot.uploads.intake.decode import Refusal
from bot.uploads.intake.identities import RowFault
from bot.uploads.intake.limits import (
    LONGEST_CELL,
    LONGEST_KEY,
    LONGEST_LINE,
    MOST_CELLS,
    bounded_lines,
)
from bot.uploads.intake.parse import Duplicate, Rejected, Tally, people, refusal_of_rows
from db.models.contact import NewContact
from tests.unit.bot.examples import EN

PHONE = "89991234567"


def read(text: str) -> list[NewContact | Duplicate | Rejected]:
    content = text.encode("utf-8", "surrogatepass")
    reading = guess_reading(content, "RU")
    assert refusal_of_rows(content, reading) is None
    return list(people(content, reading, "RU"))


def reasons(found: list[NewContact | Duplicate | Rejected]) -> dict[int, RowFault | None]:
    return {one.row: one.reason if isinstance(one, Rejected) else None for one in found}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"{'x' * LONGEST_CELL};{PHONE}", None),
        (f"{'x' * (LONGEST_CELL + 1)};{PHONE}", RowFault.CELL_TOO_LONG),
        (f"Anna;{PHONE}" + ";x" * (MOST_CELLS - 2), None),
        (f"Anna;{PHONE}" + ";x" * (MOST_CELLS - 1), RowFault.TOO_MANY_CELLS),
        (f"Anna;{PHONE}" + ";" * 16_382, None),
        (f"Anna;{PHONE};" + "x" * LONGEST_LINE, RowFault.LINE_TOO_LONG),
    ],
    ids=range(6),
)
def test_a_csv_row_beyond_a_limit_is_refused_by_name(line: str, fault: RowFault | None) -> None:
    found = read(f"name;phone\nBoris;89990000001\n{line}\nVera;89990000002\n")
    assert reasons(found) == {2: None, 3: fault, 4: None}


def test_a_quotation_mark_that_a_long_line_would_close_takes_in_no_row() -> None:
    long = "x" * (LONGEST_LINE + 1)
    found = read(f'name;phone\nBoris;89990000001\n"Anna\n{long}";{PHONE}\nVera;89990000002\n')
    assert reasons(found) == {2: None, 3: RowFault.EMPTY, 4: RowFault.LINE_TOO_LONG, 5: None}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"phone": PHONE, "k" * LONGEST_KEY: 1}, None),
        ({"phone": PHONE, "k" * (LONGEST_KEY + 1): 1}, RowFault.KEY_TOO_LONG),
        ({"phone": PHONE, "note": "x" * (LONGEST_CELL + 1)}, RowFault.CELL_TOO_LONG),
        ({"phone": PHONE, "note": ["x"] * LONGEST_CELL}, RowFault.CELL_TOO_LONG),
        ({"phone": PHONE, "note": "x" * LONGEST_LINE}, RowFault.LINE_TOO_LONG),
        ({"phone": PHONE} | {f"k{n}": 1 for n in range(MOST_CELLS)}, RowFault.TOO_MANY_CELLS),
        ({}, RowFault.EMPTY),
    ],
    ids=range(7),
)
def test_a_json_row_beyond_a_limit_is_refused_by_name(
    row: dict[str, object], fault: RowFault | None
) -> None:
    rows = [{"phone": "89990000001"}, row, {"phone": "89990000002"}]
    found = read("\n".join(map(json.dumps, rows)))
    assert reasons(found) == {1: None, 2: fault, 3: None}


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud83d", "\\udc00\\ud83d"])
def test_nul_and_half_surrogates_of_json_keys_and_values_are_removed(escape: str) -> None:
    text = f'{{"pho{escape}ne": "8999{escape}1234567", "{escape}": {{"a{escape}": "{escape}"}}}}'
    reading = guess_reading(text.encode(), "RU")
    assert reading.titles == ("phone", "")
    (found,) = read(text)
    assert isinstance(found, NewContact)
    assert found.identity.phone == "+79991234567"
    stored = json.dumps([reading.to_json(), found.fields], ensure_ascii=False)
    assert "\0" not in stored
    stored.encode()


def test_nul_in_the_cells_of_a_table_is_removed() -> None:
    (found,) = read(f"na\0me;phone;note\nAn\0na;{PHONE}\0;{'a note ' * 20}\n")
    assert isinstance(found, NewContact)
    assert found.fields["name"] == "Anna"


def test_a_sep_line_cannot_name_what_is_no_separator() -> None:
    for sign in ('"', "\0", "a", "\r"):
        reading = guess_reading(f"sep={sign}\nname;phone\nAnna;{PHONE}\n".encode(), "RU")
        assert reading.layout.delimiter == ";"


def test_a_refused_row_above_the_header_is_not_taken_for_it() -> None:
    found = read(f"{'x' * (LONGEST_CELL + 1)};\nname;phone\nAnna;{PHONE}\n")
    assert reasons(found) == {1: RowFault.CELL_TOO_LONG, 3: None}
    assert isinstance(found[1], NewContact)
    assert found[1].fields == {"name": "Anna"}


def test_one_line_of_many_recipients_is_no_row_of_too_many_cells() -> None:
    found = read(",".join(f"+7999{n:07}" for n in range(5_000)))
    assert len(found) == 5_000
    assert all(isinstance(one, NewContact) for one in found)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * (LONGEST_LINE + 1), Refusal.LONG_ROWS),
        ("[" + "x" * (LONGEST_LINE + 1), Refusal.LONG_ROWS),
        (f"name;phone;{'x' * (LONGEST_KEY + 1)}\nAnna;{PHONE};1\n", Refusal.LONG_TITLE),
        ("name;phone\n", Refusal.HEADER_ONLY),
    ],
    ids=range(4),
)
def test_a_file_without_a_row_that_can_be_read_is_refused(text: str, why: Refusal) -> None:
    content = text.encode()
    assert refusal_of_rows(content, guess_reading(content, "RU")) is why


def test_bad_rows_say_which_limit_and_stay_small() -> None:
    tally = Tally()
    tally.add(read(f"name;phone\nAnna;{PHONE}\nBoris;{PHONE};{'x' * 1_100_000}\n"))
    table = bad_rows_file(EN, tally, ("name", "phone"))
    assert '3;the line is longer than 1,000,000 characters;"Boris;' in table.decode("utf-8-sig")
    assert len(table) < 1_000


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", ""])
def test_lines_come_with_their_ends_and_long_ones_empty(end: str) -> None:
    long = "x" * (LONGEST_LINE + 70_000)
    whole = f"{'y' * LONGEST_LINE}{end or chr(10)}"
    text = io.StringIO(f"{whole}{long}{end}", newline="")
    too_long: dict[int, str] = {}
    assert list(bounded_lines(text, too_long)) == [whole, "\n"]
    assert too_long == {2: "x" * 100 + "…"}


def test_a_column_of_long_notes_is_still_a_column() -> None:
    rows = "".join(f"A{n};8999{n:07};{'note ' * 300}\n" for n in range(20))
    reading = guess_reading(f"name;phone;note\n{rows}".encode(), "RU")
    assert reading.roles == (Role.NAME, Role.PHONE, Role.EXTRA)
