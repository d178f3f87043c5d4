"""Which replies are refusals, which may be: the table replies.tsv, and what holds for all.

A line of the table is an answer, a tab and a reply; \\n and \\u202e stand for one character each.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from db.models import refusal_words as vocabulary
from db.models.opt_out import Intent, intent_of
from db.models.spelling import plain

TABLE = Path(__file__).with_name("replies.tsv")
LONGEST_REPLY = 4096  # characters: Telegram's limit of a message
ESCAPE = re.compile(r"\\(n|u[0-9a-f]{4})")


def unescaped(reply: str) -> str:
    return ESCAPE.sub(lambda m: "\n" if m[1] == "n" else chr(int(m[1][1:], 16)), reply)


def rows() -> list[tuple[str, Intent]]:
    lines = TABLE.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    split = [line.split("\t") for line in lines]
    return [(unescaped(reply), Intent(answer)) for answer, reply in split]


ROWS = rows()
STOPS = [reply for reply, intent in ROWS if intent is Intent.STOP]


@pytest.mark.parametrize("intent", Intent)
def test_a_reply_has_the_answer_of_the_table(intent: Intent) -> None:
    answers = {reply: intent_of(reply) for reply, answer in ROWS if answer is intent}
    assert {reply: answer for reply, answer in answers.items() if answer is not intent} == {}


def test_the_table_is_large_and_says_nothing_twice() -> None:
    counts = Counter(intent for _, intent in ROWS)
    assert counts.total() == len({reply for reply, _ in ROWS})
    assert counts[Intent.STOP] >= 120
    assert counts[Intent.UNCLEAR] >= 40
    assert counts[Intent.OTHER] >= 40


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        " {} ",
        "{}!!!",
        "«{}»",
        "{} 🙏🙏",
        "\u202e{}\u202c",
        "\ufeff{}\u200b",
        "Hello! {}",
        "Добрый день! {}",
        "{}\nThank you.",
        "Спасибо. {}",
        "{}\nRegards, Priya",
        "Hi Priya, {}",
        "Елена Петровна, {}",
    ],
)
def test_courtesies_and_invisible_characters_do_not_weaken_a_refusal(around: str) -> None:
    weakened = [one for one in STOPS if intent_of(around.format(one)) is not Intent.STOP]
    assert weakened == []


def test_invisible_characters_between_letters_do_not_weaken_a_refusal() -> None:
    hidden = ["\u200b", "\u2060", "\u00ad", "\u202d", "\u0336"]
    for reply in STOPS:
        for one in hidden:
            assert intent_of(one.join(reply)) is Intent.STOP, (reply, one)


def test_a_word_has_one_part() -> None:
    words = [word for listed in vocabulary.WORDS.values() for word in plain(listed).split()]
    assert [word for word, count in Counter(words).items() if count > 1] == []


@pytest.mark.parametrize("seed", range(20))
def test_no_reply_takes_long(seed: int) -> None:
    """Replies of any words and characters, of all lengths up to the longest one."""
    rng = random.Random(seed)
    words = " ".join(vocabulary.WORDS.values()).split()
    marks = [" ", " ", " ", ". ", ", ", "? ", "\n", ""]
    unit = "".join(rng.choice(words) + rng.choice(marks) for _ in range(rng.choice([1, 2, 3, 900])))
    anything = "".join(chr(rng.randrange(0x20, 0xD800)) for _ in range(LONGEST_REPLY))
    for reply in (unit * LONGEST_REPLY, anything):
        began = time.process_time()
        intent_of(reply[:LONGEST_REPLY])
        assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "unit",
    ["1", "1 ", "+1(", "s t ", "ﷺ", "\u0301\u0323", "не ", "our ", "$", "@a", "-", "a-", "\ud800"],
)
def test_no_repetition_takes_long(unit: str) -> None:
    began = time.process_time()
    intent_of((unit * LONGEST_REPLY)[:LONGEST_REPLY])
    assert time.process_time() - began < 2
