"""Text and entities as Telegram stores them: parsed, trimmed, sorted, and limited in length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.bot_api import utf16
from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.html import parse_html
from sandbox.bot_api.markdown import parse_markdown
from sandbox.world import Entity

if TYPE_CHECKING:
    from aiogram.types import MessageEntity

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_PARSERS = {"html": parse_html, "markdownv2": parse_markdown}
_FOUND = {
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    "mention": re.compile(r"(?<![\w@])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w)"),
    "url": re.compile(r"(?<!\w)(?:https?://|t\.me/)[^\s<>\"]*[\w/]"),
}

Formatted = tuple[str, tuple[Entity, ...]]


def text_of(
    text: str | None, parse_mode: object, entities: list[MessageEntity] | None
) -> Formatted:
    """Return a message's text; raises `ApiError` when it is empty or exceeds 4096 UTF-16 units."""
    if not text:
        raise bad_request("message text is empty")
    plain, kept = _formatted(text, parse_mode, entities)
    if not plain:
        raise bad_request("text must be non-empty")
    if utf16.length(plain) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return plain, kept


def caption_of(
    text: str | None, parse_mode: object, entities: list[MessageEntity] | None
) -> Formatted:
    """Return a caption, which may be empty; raises `ApiError` above 1024 UTF-16 units."""
    plain, kept = _formatted(text or "", parse_mode, entities)
    if utf16.length(plain) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return plain, kept


def _formatted(text: str, parse_mode: object, entities: list[MessageEntity] | None) -> Formatted:
    # On the real server a parse mode takes precedence over explicit entities.
    if isinstance(parse_mode, str) and parse_mode.lower() not in ("", "none"):
        parse = _PARSERS.get(parse_mode.lower())
        if parse is None:
            raise bad_request("unsupported parse_mode (the sandbox reads HTML and MarkdownV2)")
        return trimmed(*parse(text))
    return trimmed(text, [_world_entity(entity) for entity in entities or ()])


def _world_entity(entity: MessageEntity) -> Entity:
    return Entity(
        type=entity.type,
        offset=entity.offset,
        length=entity.length,
        url=entity.url,
        user_id=entity.user.id if entity.user else None,
        language=entity.language,
        custom_emoji_id=entity.custom_emoji_id,
    )


def trimmed(text: str, entities: Sequence[Entity]) -> Formatted:
    """Strip carriage returns and surrounding white space.

    The entities are clipped to what is left and sorted, outer before inner.
    """
    text, entities = _without_returns(text, entities)
    without_head = text.lstrip()
    head = utf16.length(text) - utf16.length(without_head)
    plain = without_head.rstrip()
    end = utf16.length(plain)
    kept = []
    for entity in entities:
        start = max(0, entity.offset - head)
        stop = min(end, entity.offset + entity.length - head)
        if start < stop:
            kept.append(replace(entity, offset=start, length=stop - start))
    return plain, tuple(sorted(kept, key=lambda e: (e.offset, -e.length)))


def _without_returns(text: str, entities: Sequence[Entity]) -> tuple[str, Sequence[Entity]]:
    """Drop every "\\r" and shift the entities, as Telegram does.

    Clients insert it to separate formatting marks.
    """
    if "\r" not in text:
        return text, entities
    units = text.encode("utf-16-le")

    def moved(offset: int) -> int:
        return offset - units[: 2 * offset].decode("utf-16-le", "ignore").count("\r")

    return text.replace("\r", ""), [
        replace(
            one, offset=moved(one.offset), length=moved(one.offset + one.length) - moved(one.offset)
        )
        for one in entities
    ]


def with_detected(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Return the entities, and those that Telegram detects itself: commands, mentions and links."""
    found = [
        Entity(kind, utf16.length(text[: match.start()]), utf16.length(match[0]))
        for kind, pattern in _FOUND.items()
        for match in pattern.finditer(text)
    ]
    fresh = [
        one
        for one in found
        if not any(
            one.offset < other.offset + other.length and other.offset < one.offset + one.length
            for other in entities
            if other.type in ("code", "pre", "text_link", "text_mention", one.type)
        )
    ]
    return sorted([*entities, *fresh], key=lambda e: (e.offset, -e.length))
