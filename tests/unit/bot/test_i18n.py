"""Every sentence in every language: complete, with the same placeholders and the same tags."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.ui.i18n import Markup, Translator

BOT = Path(__file__).parents[3] / "bot"
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
TAG = re.compile(r"</?\w+[^>]*>")


def catalog() -> Catalog:
    with (BOT / "locales/ru/LC_MESSAGES/messages.po").open("rb") as po:
        return read_po(po, locale="ru")


def pairs() -> list[tuple[str, str]]:
    """Each English form beside each Russian one that may stand for it."""
    found = []
    for message in catalog():
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple | list) else (message.id,)
        russian = message.string if isinstance(message.string, tuple | list) else (message.string,)
        found += [(english[-1], str(form)) for form in russian]
    return found


@pytest.mark.parametrize(("english", "russian"), pairs())
def test_a_sentence_is_translated_with_its_placeholders_and_tags(
    english: str, russian: str
) -> None:
    assert russian.strip(), "not translated: make words, then fill in msgstr"
    assert set(PLACEHOLDER.findall(russian)) == set(PLACEHOLDER.findall(english))
    assert Counter(TAG.findall(russian)) == Counter(TAG.findall(english))


def test_every_sentence_of_the_source_is_in_the_catalog() -> None:
    keywords = {"_": None, "plural": (1, 2)}
    said = {
        message[0] if isinstance(message, tuple) else message
        for _file, _line, message, _comments, _context in extract_from_dir(BOT, keywords=keywords)
    }
    known = {m.id[0] if isinstance(m.id, tuple | list) else m.id for m in catalog() if m.id}
    assert said - known == set(), "run: make words"


def test_what_people_typed_is_escaped_and_our_own_markup_is_not() -> None:
    _ = Translator("en", ZoneInfo("UTC"))
    assert _("{name}", name="<b>&") == "&lt;b&gt;&amp;"
    assert _("{name}", name=Markup("<b>x</b>")) == "<b>x</b>"


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "1 сообщение"), (3, "3 сообщения"), (11, "11 сообщений"), (1204, "1\u202f204 сообщения")],
)
def test_russian_has_its_three_plural_forms(n: int, said: str) -> None:
    _ = Translator("ru", ZoneInfo("UTC"))
    assert _.plural("Start: {n} message", "Start: {n} messages", n) == f"Начать: {said}"


def test_a_time_is_shown_in_the_readers_zone_and_names_it() -> None:
    at = datetime(2026, 12, 4, 15, 40, tzinfo=UTC)
    assert Translator("en", ZoneInfo("Europe/Moscow")).clock(at) == "18:40 MSK"
    assert Translator("ru", ZoneInfo("Europe/Moscow")).day_and_clock(at) == "04.12 18:40 MSK"
