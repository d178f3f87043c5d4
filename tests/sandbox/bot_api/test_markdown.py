"""parse_mode=MarkdownV2: marks become entities in UTF-16 units; malformed text is refused."""

from __future__ import annotations

import pytest

from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.markdown import parse_markdown
from sandbox.world import Entity


@pytest.mark.parametrize(
    ("markdown", "text", "entities"),
    [
        ("*Ёлка*", "Ёлка", [Entity("bold", 0, 4)]),
        ("🌸_я_🌸__b__", "🌸я🌸b", [Entity("italic", 2, 1), Entity("underline", 5, 1)]),
        (
            "__a _b_**__~c~||d||",
            "a bcd",
            [
                Entity("italic", 2, 1),
                Entity("underline", 0, 3),
                Entity("strikethrough", 3, 1),
                Entity("spoiler", 4, 1),
            ],
        ),
        (r"1\.5 \* \\ \_x\_", r"1.5 * \ _x_", []),
        (r"`*a\`b*`", "*a`b*", [Entity("code", 0, 5)]),
        ("```python\nx = [1]\n```", "x = [1]\n", [Entity("pre", 0, 8, language="python")]),
        ("```\nx```", "x", [Entity("pre", 0, 1)]),
        ("```x```", "x", [Entity("pre", 0, 1)]),
        (r"[a](https://e.org/\)b)", "a", [Entity("text_link", 0, 1, url="https://e.org/)b")]),
        ("[https://e\\.org]", "https://e.org", [Entity("text_link", 0, 13, url="https://e.org")]),
        ("[Иван](tg://user?id=101)", "Иван", [Entity("text_mention", 0, 4, user_id=101)]),
        ("![👍](tg://emoji?id=53)", "👍", [Entity("custom_emoji", 0, 2, custom_emoji_id="53")]),
        (">a\n>*b*\nc", "a\nb\nc", [Entity("bold", 2, 1), Entity("blockquote", 0, 3)]),
        (">a\n>b||\nc", "a\nb\nc", [Entity("expandable_blockquote", 0, 3)]),
        (">a\n**>b||", "a\nb", [Entity("blockquote", 0, 1), Entity("expandable_blockquote", 2, 1)]),
        ("**", "", []),
    ],
)
def test_marks_become_entities(markdown: str, text: str, entities: list[Entity]) -> None:
    assert parse_markdown(markdown) == (text, entities)


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("1.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a > b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        ("a|b", "Character '|' is reserved and must be escaped with the preceding '\\'"),
        ("a]", "Character ']' is reserved and must be escaped with the preceding '\\'"),
        ("я *x", "Can't find end of Bold entity at byte offset 3"),
        ("_a*b_", "Can't find end of Italic entity at byte offset 4"),
        ("```py\nx", "Can't find end of PreCode entity at byte offset 0"),
        (">a *b\nc", "Can't find end of Bold entity at byte offset 3"),
        ("[x](https", "Can't find end of a URL at byte offset 4"),
        ("![x](https://e)", "Custom emoji entity must contain a tg://emoji URL"),
    ],
)
def test_malformed_markdown_is_refused_with_its_byte_offset(markdown: str, words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_markdown(markdown)
    assert refusal.value.description == f"Bad Request: can't parse entities: {words}"
