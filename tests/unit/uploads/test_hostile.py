"""Hostile text of every kind is read in time that grows with its length, whatever it holds."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from bot.uploads.intake.columns import guess_reading
from bot.uploads.intake.decode import Refusal, refusal
from bot.uploads.intake.identities import looks_like_recipient, phone, tidy, user_id, username
from bot.uploads.intake.parse import Duplicate, Rejected, people, refusal_of_rows
from bot.uploads.intake.pasted import is_pasted_list
from bot.uploads.intake.preview import preview, spellings
from bot.zone import parse_zone
from db.models.caps import Caps
from db.models.contact import NewContact
from db.models.opt_out import has_instruction, intent_of, is_closing_line
from db.models.rate import Rate
from db.models.template import field_name, fill, mistakes, placeholders

WATCHDOG = 60  # seconds for what takes some hundredths; quadratic patterns took minutes or hours
LENGTH = 16_000  # characters
PIECES = " \t\n\r\u00a0\u2003\u200b\u0300\u0316,;/|\\.:+-()#@'\"={}[]0189xXE_aя"
WORDS = (
    "доб", "ext", "тел", "t.me/", "tgstat.", "@a/", "{{", "}}", "{{a|", "7,9E", "+49", " и ",
    " or ", "https://", "tg://resolve?domain=", "sep=", '","', '\\u0000', "a.", "x1", "x ", "1 ",
    "/ ", "в ",
)  # fmt: skip
BEGINNINGS = ("", "+49", "20", "8 999 123-45-67", "t.me/", "@", "{{", '="', "7,9E+", "x")

FUNCTIONS: dict[str, Callable[[str], object]] = {
    "tidy": tidy,
    "phone": lambda text: (phone(text, "RU"), phone(tidy(text), "DE")),
    "username": username,
    "user_id": user_id,
    "looks_like_recipient": looks_like_recipient,
    "is_pasted_list": is_pasted_list,
    "rate": Rate.parse,
    "zone": parse_zone,
    "caps": Caps.parse,
    "field_name": field_name,
    "template": lambda text: (placeholders(text), mistakes(text), fill(text, (), {"a": text})),
    "intent": lambda text: (intent_of(text), is_closing_line(text), has_instruction(text)),
    "file": lambda text: read(text.encode()),
}


@contextmanager
def watchdog() -> Iterator[None]:
    """Raise TimeoutError inside when it takes longer than WATCHDOG."""

    def bark(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, bark)
    signal.alarm(WATCHDOG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def read(content: bytes) -> list[NewContact | Duplicate | Rejected]:
    """Read a file as the bot does: refused, guessed, previewed, parsed."""
    if refusal(content) is not None:
        return []
    reading = guess_reading(content, "RU")
    json.dumps(reading.to_json()).encode()
    if refusal_of_rows(content, reading) is not None:
        return []
    preview(content, reading)
    spellings(content, reading)
    return list(people(content, reading, "RU"))


def hostile() -> Iterator[str]:
    """Every repetition of one piece between a beginning and an end, and some mixtures."""
    for piece in (*PIECES, *WORDS):
        middle = piece * (LENGTH // len(piece))
        for beginning in BEGINNINGS[:: 1 if piece == " " else 3]:
            yield beginning + middle + "!"
        yield middle
    chance = random.Random(20261127)
    for _ in range(20):
        few = chance.sample([*PIECES, *WORDS], 3)
        yield "".join(chance.choice(few) for _ in range(LENGTH // 2))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_text_holds_a_pattern_up(name: str) -> None:
    with watchdog():
        for text in hostile():
            FUNCTIONS[name](text)


@pytest.mark.parametrize(
    "content",
    [
        b"name;phone\n" + b";" * 1_100_000,
        b"name;phone\n" + b"a" * 3_000_000 + b"\nAnna;89991234567\n",
        b"name;phone\n" + b"\n" * 150_000,
        b'name;phone\n"' + b"a\n" * 100_000,
        b"".join(b'{"k%d": 1}\n' % n for n in range(10_000)),
        b'{"phone": ' + b"9" * 100_000 + b"}\n",
        b'{"phone": ' + b"[" * 1_000_000,
        b"[" * 1_000_000,
        b'[{"phone": "89991234567"}' + b',{"a": [[]]}' * 10_000 + b"]",
        ("a" + "\u0300\u0316" * 100_000).encode(),
    ],
    ids=range(10),
)
def test_no_file_holds_the_reading_up(content: bytes) -> None:
    with watchdog():
        read(content)


def test_every_row_of_a_hostile_file_is_accounted_for() -> None:
    """Each line of text below the header comes to exactly one end, none silently."""
    chance = random.Random(17)
    lines = []
    for n in range(150):
        cells = [
            chance.choice(["Anna", "x" * 5_000, "", f"8999{n:07}", "\0\0", f"@a_{n:05}"])
            for _ in range(chance.choice([2, 2, 2, 300]))
        ]
        lines.append(";".join(cells))
    found = read(("имя;телефон\n" + "\n".join(lines) + "\n").encode())
    filled = [n for n, line in enumerate(lines, 2) if line.replace("\0", "").strip("; ")]
    rows = [one.row for one in found]
    assert rows == filled
    assert any(isinstance(one, NewContact) for one in found)


def test_a_line_of_over_a_megabyte_is_refused_and_said() -> None:
    content = b"x" * 1_200_000
    assert refusal_of_rows(content, guess_reading(content, "RU")) is Refusal.LONG_ROWS
