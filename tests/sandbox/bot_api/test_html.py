"""parse_mode=HTML: tags become entities in UTF-16 units; errors name their byte offset."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.types import MessageEntity

from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.formatting import trimmed, with_detected
from sandbox.bot_api.html import parse_html
from sandbox.world import Entity
from tests.sandbox.bot_api.conftest import ANNA, spans


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("Привет, <b>Ёлкин</b>", "Привет, Ёлкин", [Entity("bold", 8, 5)]),
        ("🌸<i>я</i>🌸<u>b</u>", "🌸я🌸b", [Entity("italic", 2, 1), Entity("underline", 5, 1)]),
        (
            "<b>a <i>b</i></b><s>c</s>",
            "a bc",
            [Entity("italic", 2, 1), Entity("bold", 0, 3), Entity("strikethrough", 3, 1)],
        ),
        ("<tg-spoiler>x</tg-spoiler>", "x", [Entity("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [Entity("spoiler", 0, 1)]),
        (
            '<a href="https://e.org/?a=1&amp;b=2">x</a>',
            "x",
            [Entity("text_link", 0, 1, url="https://e.org/?a=1&b=2")],
        ),
        (
            "<a>https://e.org</a>",
            "https://e.org",
            [Entity("text_link", 0, 13, url="https://e.org")],
        ),
        ("<a href='tg://user?id=101'>x</a>", "x", [Entity("text_mention", 0, 1, user_id=101)]),
        (
            '<pre><code class="language-python">x</code></pre>',
            "x",
            [Entity("pre", 0, 1, language="python")],
        ),
        ("<blockquote expandable>x</blockquote>", "x", [Entity("expandable_blockquote", 0, 1)]),
        ("1 &lt; 2 &amp;&#38; &quot;&nbsp; &#x1F338;", '1 < 2 && "&nbsp; 🌸', []),
        ("<STRONG>x</STRONG >", "x", [Entity("bold", 0, 1)]),
    ],
)
def test_tags_become_entities(html: str, text: str, entities: list[Entity]) -> None:
    assert parse_html(html) == (text, entities)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("я <b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("я <h1>x</h1>", 'Unsupported start tag "h1" at byte offset 3'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("1 <> 2", 'Unsupported start tag "" at byte offset 2'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_malformed_html_is_refused_with_its_byte_offset(html: str, words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_html(html)
    assert refusal.value.description == f"Bad Request: can't parse entities: {words}"


def test_surrounding_white_space_is_stripped_and_entities_shifted() -> None:
    assert trimmed(" 🌸 x \n", [Entity("bold", 0, 7), Entity("code", 6, 1)]) == (
        "🌸 x",
        (Entity("bold", 0, 4),),
    )


def test_carriage_returns_are_dropped_and_entities_shifted() -> None:
    assert trimmed("a\r\n🌸\rb", [Entity("bold", 0, 6), Entity("code", 6, 1)]) == (
        "a\n🌸b",
        (Entity("bold", 0, 4), Entity("code", 4, 1)),
    )


def test_commands_mentions_and_links_are_detected_outside_code() -> None:
    text = "🌸 /start @desk_bot https://e.org. a@b.c 1/2"
    assert with_detected(text, ()) == [
        Entity("bot_command", 3, 6),
        Entity("mention", 10, 9),
        Entity("url", 20, 13),
    ]
    code = Entity("code", 0, 9)
    assert with_detected("/start me", (code,)) == [code]


@pytest.mark.usefixtures("anna")
async def test_a_parse_mode_takes_precedence_over_explicit_entities(bot: Bot) -> None:
    entities = [MessageEntity(type="italic", offset=0, length=2)]
    sent = await bot.send_message(ANNA, "<b>Hi</b>", parse_mode="HTML", entities=entities)
    assert spans(sent.entities) == [("bold", 0, 2)]
    sent = await bot.send_message(ANNA, "Hi", entities=entities)
    assert spans(sent.entities) == [("italic", 0, 2)]
