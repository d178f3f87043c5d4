"""The intent of a reply, word by word, and the closing line that says how to opt out."""

from __future__ import annotations

import pytest

from db.models.opt_out import (
    CLOSING_LINES,
    Intent,
    closing_line,
    intent_of,
    is_closing_line,
    language,
    with_closing_line,
)
from db.models.template import Entity, Template, fill, utf16_length

STOPS = """
STOP|stop|Stop!|sToP|STOP.|«STOP»|"stop"|STOP STOP STOP|stop, please|Please stop!|STOP 🛑
🛑 стоп!!!|🙏 Стоп, пожалуйста 🙏|СТОП|Стоп.|стоп стоп|  стоп  |/stop|#стоп|S T O P|с.т.о.п.
ｓｔｏｐ|𝐒𝐓𝐎𝐏|CTОП|UNSUBSCRIBE|unsubscribe me|Opt-out|opt out|Remove me|Don't write to me
Don’t write|Leave me alone|ОТПИСКА|отписаться|Отпишите меня|Отпишитe|НЕ ПИШИТЕ
Не пишите мне больше!|больше не пишите|не пиши|Больше мне не пишите, пожалуйста
Прекратите писать|Хватит писать!|Удалите меня из рассылки|стоп, спасибо
""".strip().replace("\n", "|").split("|")  # fmt: skip

UNCLEAR = """
please stop calling me, write here|I'll stop by tomorrow|Non-stop?|Where is the bus stop?
стоп-кран|Как отписаться от рассылки?|Это спам?|Не пишите мне в ватсап, только сюда|🛑
СТОП!!!11|to unsubscribe my wife, how|Ok. Reply STOP to stop these messages.
А можно отписать маму
""".strip().replace("\n", "|").split("|")  # fmt: skip

OTHER = """
Hello!|Спасибо, приду|пишите|Сколько стоит?|остановка|настоп|unstoppable|👍||   |...|стопа
пишу вам|да|Let us talk on Monday|не звоните|топ|thanks|пожалуйста
""".strip().replace("\n", "|").split("|")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *((text, Intent.STOP) for text in STOPS),
        *((text, Intent.UNCLEAR) for text in UNCLEAR),
        *((text, Intent.OTHER) for text in OTHER),
    ],
)
def test_a_reply_asks_for_what_its_words_say(text: str, meaning: Intent) -> None:
    assert intent_of(text) is meaning


@pytest.mark.parametrize(
    ("text", "spoken"), [("STOP", "en"), ("стоп", "ru"), ("stop, Ёж", "ru"), ("🛑", "en")]
)
def test_the_language_is_that_of_its_letters(text: str, spoken: str) -> None:
    assert language(text) == spoken


def template(text: str, media_id: int | None = None) -> Template:
    return Template(1, "T", text, (), media_id)


def test_the_line_is_in_the_language_of_the_template() -> None:
    assert closing_line(template("Hello, {{name}}!"), None) == "\n\n" + CLOSING_LINES["en"]
    assert closing_line(template("Привет, {{name}}!"), None) == "\n\n" + CLOSING_LINES["ru"]
    assert closing_line(template("Hi {{имя|друг}}"), None) == "\n\n" + CLOSING_LINES["en"]


def test_the_installation_has_its_own_words() -> None:
    assert closing_line(template("Привет"), "СТОП – и тишина") == "\n\nСТОП – и тишина"


def test_a_photo_without_a_caption_gets_the_line_alone() -> None:
    assert closing_line(template("", media_id=1), None) == CLOSING_LINES["en"]


@pytest.mark.parametrize("text", ["Sale!\nReply STOP and we stop.", "Акция. Ответьте «СТОП».\n\n"])
def test_a_message_that_says_how_gets_no_line(text: str) -> None:
    assert closing_line(template(text), None) == ""


@pytest.mark.parametrize(
    "text", ["Reply STOP\nto win!", "Non-STOP sale", "Stop by our shop!", "Hi {{STOP}}", "STOPPED"]
)
def test_a_message_that_does_not_say_how_gets_the_line(text: str) -> None:
    assert closing_line(template(text), None) == "\n\n" + CLOSING_LINES["en"]


def test_the_line_moves_no_formatting_and_has_its_length() -> None:
    one = Template(1, "T", "🔥 {{name}}", (Entity("bold", 3, 8),), None)
    ending = closing_line(one, None)
    made = with_closing_line(fill(one.text, one.entities, {"name": "Anna"}), ending)
    assert made.text == "🔥 Anna\n\n" + CLOSING_LINES["en"]
    assert made.entities == (Entity("bold", 3, 4),)
    assert len(ending) == 2 + len(CLOSING_LINES["en"])
    assert utf16_length(closing_line(template("x", media_id=1), "STOP 🛑")) == 2 + 7


@pytest.mark.parametrize(
    "line", [*CLOSING_LINES.values(), "STOP, and that was it", "x" * 190 + " STOP"]
)
def test_a_line_with_a_word_that_works_can_be_the_line(line: str) -> None:
    assert is_closing_line(line)


@pytest.mark.parametrize(
    "line", ["", "STOP", "Have a nice day", "Reply\nSTOP", "x" * 196 + " STOP", "Non stopping"]
)
def test_a_line_without_a_word_that_works_is_refused(line: str) -> None:
    assert not is_closing_line(line)
