"""Formatting as documented, and as aiogram writes it."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import MessageEntity
from aiogram.utils.text_decorations import html_decoration, markdown_decoration

from tests.sandbox.bot_api.conftest import ANNA, spans

pytestmark = pytest.mark.usefixtures("anna")

DOCUMENTED = r"""*bold \*text*
_italic \*text_
__underline__
~strikethrough~
||spoiler||
*bold _italic bold ~italic bold strikethrough ||italic bold strikethrough spoiler||~ __underline italic bold___ bold*
[inline URL](http://www.example.com/)
![👍](tg://emoji?id=5368324170671202286)
`inline fixed-width code`
```python
pre-formatted fixed-width code block written in the Python programming language
```
>Block quotation started
>The last line of the block quotation
**>The expandable block quotation started right after the previous block quotation
>It is separated from the previous block quotation by an empty bold entity
>The last line of the expandable block quotation with the expandability mark||"""  # noqa: E501

RICH = [
    MessageEntity(type="bold", offset=0, length=13),
    MessageEntity(type="italic", offset=8, length=5),
    MessageEntity(type="text_link", offset=14, length=4, url="https://e.org/a?b=1&c"),
    MessageEntity(type="code", offset=19, length=6),
]
TEXT = "Привет, Ёлкин site a*b_c` 1.5"


async def test_the_documented_markdown_is_read_as_documented(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#markdownv2-style"""
    sent = await bot.send_message(ANNA, DOCUMENTED, parse_mode="MarkdownV2")
    kinds = [one.type for one in sent.entities or () if one.type != "url"]
    assert kinds == [
        *("bold", "italic", "underline", "strikethrough", "spoiler"),
        *("bold", "italic", "strikethrough", "spoiler", "underline"),
        *("text_link", "custom_emoji", "code", "pre", "blockquote", "expandable_blockquote"),
    ]
    assert sent.text is not None
    assert sent.text.startswith("bold *text\nitalic *text\nunderline\n")
    assert sent.text.endswith("with the expandability mark")


@pytest.mark.parametrize("mode", ["HTML", "MarkdownV2"])
async def test_formatting_of_aiogram_is_parsed(bot: Bot, mode: str) -> None:
    """https://core.telegram.org/bots/api#formatting-options"""
    decoration = html_decoration if mode == "HTML" else markdown_decoration
    written = decoration.unparse(TEXT, RICH)
    sent = await bot.send_message(ANNA, written, parse_mode=mode)
    assert sent.text == TEXT
    assert spans(sent.entities) == spans(RICH)


async def test_entities_may_be_given_instead_of_a_parse_mode(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#sendmessage"""
    sent = await bot.send_message(ANNA, TEXT, entities=RICH)
    assert spans(sent.entities) == spans(RICH)


async def test_a_reserved_character_must_be_escaped(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#markdownv2-style"""
    with pytest.raises(TelegramBadRequest, match="Character '!' is reserved"):
        await bot.send_message(ANNA, "Hello!", parse_mode="MarkdownV2")
    assert (await bot.send_message(ANNA, r"Hello\!", parse_mode="MarkdownV2")).text == "Hello!"


async def test_commands_mentions_and_links_are_detected_in_plain_text(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#messageentity"""
    sent = await bot.send_message(ANNA, "/start with @desk_bot or https://e.org")
    assert [one.type for one in sent.entities or ()] == ["bot_command", "mention", "url"]
