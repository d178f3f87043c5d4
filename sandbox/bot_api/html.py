"""`parse_mode=HTML`: tags become entities in UTF-16 units (core.telegram.org/bots/api#html-style).

An error names the byte offset of its cause, in Telegram's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from sandbox.bot_api import utf16
from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.world import Entity

_TAG = re.compile(r"""<(/?)([^\s<>]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?""")
_CHARACTER = re.compile(r"&(?:(?:lt|gt|amp|quot)|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});?")
_TYPE_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
}


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    text_at: int


def parse_html(html: str) -> tuple[str, list[Entity]]:
    """Return the plain text and its entities; raises `ApiError` (400) for malformed HTML."""
    text, units, at = "", 0, 0
    opened: list[_Open] = []
    entities: list[Entity] = []
    while at < len(html):
        if html[at] == "<":
            tag = _TAG.match(html, at)
            if tag is None:
                raise _slip(f"Unclosed start tag at byte offset {_bytes(html, at)}")
            name = tag[2].lower()
            if not tag[1]:
                opened.append(_open(html, at, name, tag[3], units, len(text)))
            else:
                start = _closed(html, at, name, opened)
                entities.append(_entity(start, units - start.offset, text[start.text_at :]))
            at = tag.end()
            continue
        character = _CHARACTER.match(html, at) if html[at] == "&" else None
        piece = unescape(character[0].rstrip(";") + ";") if character else html[at]
        text += piece
        units += utf16.length(piece)
        at = character.end() if character else at + 1
    if opened:
        raise _slip(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    return text, _joined(entities)


def _open(html: str, at: int, name: str, attributes: str, units: int, text_at: int) -> _Open:
    found = {
        key.lower(): unescape(double or single or bare)
        for key, double, single, bare in _ATTRIBUTE.findall(attributes)
    }
    if name not in _TYPE_OF_TAG:
        raise _slip(f'Unsupported start tag "{name}" at byte offset {_bytes(html, at)}')
    if name == "span" and found.get("class") != "tg-spoiler":
        raise _slip(f'Tag "span" must have class "tg-spoiler" at byte offset {_bytes(html, at)}')
    return _Open(name, found, units, text_at)


def _closed(html: str, at: int, name: str, opened: list[_Open]) -> _Open:
    if not opened:
        raise _slip(f"Unexpected end tag at byte offset {_bytes(html, at)}")
    start = opened.pop()
    if name not in ("", start.tag):
        raise _slip(
            f"Unmatched end tag at byte offset {_bytes(html, at)}, "
            f'expected "</{start.tag}>", found "</{name}>"'
        )
    return start


def _entity(start: _Open, length: int, inner: str) -> Entity:
    kind = _TYPE_OF_TAG[start.tag]
    if kind == "blockquote" and "expandable" in start.attributes:
        kind = "expandable_blockquote"
    if kind == "text_link":
        url = start.attributes.get("href") or inner
        mentioned = re.fullmatch(r"tg://user\?id=(\d+)", url)
        if mentioned:
            return Entity("text_mention", start.offset, length, user_id=int(mentioned[1]))
        return Entity(kind, start.offset, length, url=url)
    language = start.attributes.get("class", "").removeprefix("language-")
    return Entity(
        kind,
        start.offset,
        length,
        language=language if kind == "code" and language else None,
        custom_emoji_id=start.attributes.get("emoji-id"),
    )


def _joined(entities: list[Entity]) -> list[Entity]:
    """Merge `<pre><code class="language-x">` into one entity; drop a language elsewhere."""
    code = {(e.offset, e.length): e for e in entities if e.type == "code"}
    joined = []
    for entity in entities:
        place = (entity.offset, entity.length)
        if entity.type == "pre" and place in code:
            joined.append(Entity("pre", *place, language=code[place].language))
        elif entity.type == "code":
            if not any(e.type == "pre" and (e.offset, e.length) == place for e in entities):
                joined.append(Entity("code", *place))
        else:
            joined.append(entity)
    return joined


def _slip(what: str) -> ApiError:
    return bad_request(f"can't parse entities: {what}")


def _bytes(html: str, at: int) -> int:
    return len(html[:at].encode())
