"""Other kinds of files are refused, wrong encodings corrected, bad rows returned."""

from __future__ import annotations

import json

import pytest

from bot.uploads.intake.bad_rows import bad_rows
from bot.uploads.intake.columns import Reading, Role, guess_reading
from bot.uploads.intake.decode import Refusal, guess_encoding, other_encodings, refusal
from bot.uploads.intake.identities import RowFault
from bot.uploads.intake.parse import Rejected, people
from bot.uploads.intake.pasted import is_pasted_list
from bot.uploads.intake.preview import Spelling, preview, spellings
from db.models.contact import NewContact

TABLE = "Имя;Телефон;Ник;Город\r\nИван Ёлкин;8 999 123-45-67;@ivan_e;Тверь\r\nАнна;123;;Омск\r\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Refusal.EMPTY),
        (b"\xef\xbb\xbf\r\n \n", Refusal.EMPTY),
        (b"\x89PNG\r\n\x1a\n....", Refusal.PICTURE),
        (b"\xff\xd8\xff\xe0....JFIF", Refusal.PICTURE),
        (b"%PDF-1.7 ...", Refusal.PDF),
        (b"PK\x03\x04....xl/workbook.xml", Refusal.XLSX),
        (b"PK\x03\x04....readme.txt", Refusal.ARCHIVE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", Refusal.XLS),
        (b"\x1f\x8b\x08\x00abc", Refusal.ARCHIVE),
        (b"<html><table><tr>", Refusal.MARKUP),
        (bytes(range(1, 32)) * 40, Refusal.BINARY),
        ("Имя;Телефон\r\n".encode("cp1251"), None),
        ("п;т".encode("utf-16"), None),
    ],
)
def test_what_is_no_text_is_refused_by_its_kind(content: bytes, why: Refusal | None) -> None:
    assert refusal(content) == why


def test_utf8_with_a_torn_end_is_still_utf8() -> None:
    assert guess_encoding((TABLE * 3).encode()[:-4] + b"\xd0") == "utf-8-sig"


def test_other_encodings_are_offered_for_the_eye() -> None:
    content = TABLE.encode("koi8-r")
    assert {"koi8-r", "cp1251"} <= set(other_encodings(content))
    reading = guess_reading(content, "RU", "koi8-r")
    contacts = [p for p in people(content, reading, "RU") if isinstance(p, NewContact)]
    assert contacts[0].fields["name"] == "Иван Ёлкин"


def test_a_reading_survives_storage_and_a_role_moves_on() -> None:
    reading = guess_reading(TABLE.encode(), "RU")
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading
    moved = reading.with_next_role(3)
    assert moved.roles[3] is Role.SKIP
    assert [name for _, name in moved.field_names()] == ["name", "имя"]


def test_bad_rows_come_back_as_sent_and_are_no_formulas() -> None:
    bad = [Rejected(5, ["=1+1", "+7 12", "Анна"], RowFault.PHONE_TOO_SHORT)]
    content = bad_rows(bad, ["a", "-b", "c"], ("row", "reason"), lambda reason: reason.value)
    assert content.decode("utf-8-sig").splitlines() == [
        "row;reason;a;'-b;c",
        "5;phone_too_short;'=1+1;'+7 12;Анна",
    ]


def test_a_first_look_counts_the_rows_and_shows_a_few() -> None:
    content = (TABLE + "Пётр;8 999 123-45-68;;\r\n" * 8).encode("cp1251")
    seen = preview(content, guess_reading(content, "RU"))
    assert (seen.rows, len(seen.sample)) == (10, 3)
    assert seen.sample[0] == ("Иван Ёлкин", "8 999 123-45-67", "@ivan_e", "Тверь")


def test_each_spelling_shows_the_first_name() -> None:
    content = TABLE.encode("koi8-r")
    found = spellings(content, guess_reading(content, "RU"))
    assert Spelling("koi8-r", "Иван Ёлкин") in found
    assert found[0].encoding == "cp1251"
    assert len({one.name for one in found}) == len(found) <= 4


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ("@anna\n@boris", True),
        ("8 999 123-45-67", True),
        ("Анна, +7 999 123-45-67\nБорис, нет", False),
        ("Анна, +7 999 123-45-67\nБорис, @boris\n\nи всё", True),
        ("@anna @boris", True),
        ("Привет, как дела?", False),
        ("hello", False),
        ("/lists", False),
        ("20/min", False),
        ("", False),
    ],
)
def test_pasted_text_is_a_list_when_most_lines_have_a_recipient(text: str, is_list: bool) -> None:
    assert is_pasted_list(text) is is_list
