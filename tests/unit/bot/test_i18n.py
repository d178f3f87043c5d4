"""Every sentence in every language: complete, with the same placeholders and the same tags."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.ui.i18n import Markup, Translator, language_of

BOT = Path(__file__).parents[3] / "bot"
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
AT = datetime(2026, 12, 4, 15, 40, tzinfo=UTC)
TAG = re.compile(r"</?\w+[^>]*>")


CALL = {"_": None, "plural": (1, 2)}


def catalog() -> Catalog:
    with (BOT / "locales/ru/LC_MESSAGES/messages.po").open("rb") as po:
        return read_po(po, locale="ru")


MESSAGES = [message for message in catalog() if message.id]


def forms(text: object) -> tuple[str, ...]:
    """The plural forms of a msgid or a msgstr; one for a sentence without them."""
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)


def mistakes(message: Message) -> Iterator[str]:
    """What a translation lacks, against the sentence it translates."""
    english, russian = forms(message.id), forms(message.string)
    holders, tags = set(PLACEHOLDER.findall(english[-1])), Counter(TAG.findall(english[-1]))
    if len(russian) != (3 if message.pluralizable else 1):
        yield f"{len(russian)} forms"
    if not all(form.strip() for form in russian):
        yield "not translated: make words, then fill in msgstr"
    if any(set(PLACEHOLDER.findall(form)) != holders for form in (*english, *russian)):
        yield "other placeholders"
    if any(Counter(TAG.findall(form)) != tags for form in russian):
        yield "other tags"


def test_a_sentence_is_translated_with_its_placeholders_and_tags() -> None:
    found = {forms(message.id)[0]: [*mistakes(message)] for message in MESSAGES}
    assert {sentence: faults for sentence, faults in found.items() if faults} == {}


def shown_and_translated(message: Message) -> tuple[set[str], set[str]]:
    """What the translator shows of a sentence with each of its forms, and what it should."""
    _ = Translator("ru", ZoneInfo("UTC"))
    values = dict.fromkeys(PLACEHOLDER.findall(" ".join(forms(message.id))), "x")
    if not message.pluralizable:
        return {_(forms(message.id)[0], **values)}, {forms(message.string)[0].format(**values)}
    one, many = forms(message.id)
    values.pop("n")
    counts = (1, 2, 5)
    translated = zip(forms(message.string), counts, strict=True)
    return (
        {_.plural(one, many, n, **values) for n in counts},
        {form.format(n=n, **values) for form, n in translated},
    )


def test_a_translation_is_used() -> None:
    """gettext passes over an entry that is marked fuzzy: its reader would read English."""
    found = {forms(message.id)[0]: shown_and_translated(message) for message in MESSAGES}
    assert {text: pair for text, pair in found.items() if pair[0] != pair[1]} == {}
    assert [forms(message.id)[0] for message in MESSAGES if message.fuzzy] == []


def test_a_count_is_in_russian_too() -> None:
    assert Translator("ru", ZoneInfo("UTC"))("<b>{n} ready</b>", n=190) == "<b>Готово: 190</b>"


def test_every_sentence_of_the_source_is_in_the_catalog() -> None:
    said = {
        message[0] if isinstance(message, tuple) else message
        for _file, _line, message, _comments, _context in extract_from_dir(BOT, keywords=CALL)
    }
    known = {m.id[0] if isinstance(m.id, tuple | list) else m.id for m in catalog() if m.id}
    assert said - known == set(), "run: make words"


def test_no_sentence_is_hidden_from_the_extraction() -> None:
    """pybabel does not look into an f-string: its sentence would be lost from the catalog."""
    hidden = [
        f"{path.name}:{node.lineno}"
        for path in BOT.rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == "_")
            or (isinstance(node.func, ast.Attribute) and node.func.attr == "plural")
        )
    ]
    assert hidden == []


def test_what_people_typed_is_escaped_and_our_own_markup_is_not() -> None:
    _ = Translator("en", ZoneInfo("UTC"))
    assert _("{name}", name="<b>&") == "&lt;b&gt;&amp;"
    assert _("{name}", name=Markup("<b>x</b>")) == "<b>x</b>"


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "1 сообщение"), (3, "3 сообщения"), (11, "11 сообщений"), (1204, "1\xa0204 сообщения")],
)
def test_russian_has_its_three_plural_forms(n: int, said: str) -> None:
    _ = Translator("ru", ZoneInfo("UTC"))
    assert _.plural("Start: {n} message", "Start: {n} messages", n) == f"Начать: {said}"


@pytest.mark.parametrize(
    ("language", "number", "day"),
    [("en", "12,400", "4 Dec, 18:40 MSK"), ("ru", "12\xa0400", "4 дек., 18:40 MSK")],
)
def test_numbers_and_days_are_written_as_the_reader_does(
    language: str, number: str, day: str
) -> None:
    _ = Translator(language, ZoneInfo("Europe/Moscow"))
    assert _.number(12_400) == _("{n}", n=12_400) == number
    assert _.day_and_clock(AT) == day


def test_a_time_is_shown_in_the_readers_zone_and_names_it() -> None:
    assert Translator("en", ZoneInfo("Europe/Moscow")).clock(AT) == "18:40 MSK"
    midnight = AT.replace(hour=23)  # the next day there
    assert Translator("en", ZoneInfo("Europe/Moscow")).day_and_clock(midnight) == "5 Dec, 02:40 MSK"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("run", "en"), ("en-GB", "en"), ("de", "en"), (None, "en")],
)
def test_telegrams_language_tag_gives_the_nearest_language(tag: str | None, language: str) -> None:
    assert language_of(tag) == language
