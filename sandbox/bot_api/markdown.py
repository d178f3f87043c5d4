"""`parse_mode=MarkdownV2` (core.telegram.org/bots/api#markdownv2-style), read from left to right.

The longest mark wins, and marks nest. Reserved characters must be escaped. A block quotation starts
with `>` at the start of a line and ends with the last such line; `||` at its end makes it
expandable. Errors have Telegram's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.bot_api import utf16
from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.world import Entity

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_MARKS = {
    "```": "pre",
    "__": "underline",
    "||": "spoiler",
    "![": "custom_emoji",
    "_": "italic",
    "*": "bold",
    "~": "strikethrough",
    "`": "code",
    "[": "text_link",
}
_CLOSES = {kind: mark for mark, kind in _MARKS.items()} | {"text_link": "]", "custom_emoji": "]"}
_NAMES = {"text_link": "TextUrl", "custom_emoji": "CustomEmoji", "blockquote": "BlockQuote"}
_LANGUAGE = re.compile(r"([^\s`]*)(?=\s)")
_MENTION = re.compile(r"tg://user\?id=(\d+)")
_EMOJI = re.compile(r"tg://emoji\?id=(\d+)")


@dataclass(slots=True)
class _Open:
    kind: str
    offset: int
    text_at: int
    source_at: int
    language: str | None = None


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """Return the plain text and its entities; raises `ApiError` (400) for malformed text."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text = ""
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._source):
            letter = self._source[self._at]
            if letter == "\\" and "\x00" < self._source[self._at + 1 : self._at + 2] < "\x7f":
                self._take(self._source[self._at + 1], 2)
            elif self._inside("code", "pre"):
                self._close() if self._starts(_CLOSES[self._open[-1].kind]) else self._take(letter)
            elif letter == "\n":
                self._end_of_line()
            elif letter == ">" and self._at_line_start():
                self._push("blockquote", 1)
            elif letter in _RESERVED:
                self._mark(letter)
            else:
                self._take(letter)
        self._end_quote()
        if self._open:
            raise self._endless(self._open[-1])
        return self._text, self._entities

    # --- consuming the source ------------------------------------------------

    def _take(self, letter: str, width: int = 1) -> None:
        self._text += letter
        self._units += utf16.length(letter)
        self._at += width

    def _mark(self, letter: str) -> None:
        found = next((mark for mark in _MARKS if self._starts(mark)), None)
        if self._open and _CLOSES.get(self._open[-1].kind) == ("]" if letter == "]" else found):
            self._close()
        elif found is None:
            raise _slip(
                f"Character '{letter}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            self._push(_MARKS[found], len(found))

    def _push(self, kind: str, width: int) -> None:
        opened = _Open(kind, self._units, len(self._text), self._at)
        self._at += width
        if kind == "pre":
            if (language := _LANGUAGE.match(self._source, self._at)) is not None:
                opened.language = language[1] or None
                self._at = language.end()
            if self._starts("\n"):
                self._at += 1
        self._open.append(opened)

    def _close(self) -> None:
        opened = self._open.pop()
        self._at += len(_CLOSES[opened.kind])
        match opened.kind:
            case "text_link":
                self._add_link(opened, self._address() or self._text[opened.text_at :])
            case "custom_emoji":
                emoji = _EMOJI.fullmatch(self._address())
                if emoji is None:
                    raise _slip("Custom emoji entity must contain a tg://emoji URL")
                self._add(opened, opened.kind, custom_emoji_id=emoji[1])
            case kind:
                self._add(opened, kind, language=opened.language)

    def _address(self) -> str:
        """Consume a URL in round brackets and return it; empty when no bracket follows."""
        if not self._starts("("):
            return ""
        started, address = self._at, ""
        self._at += 1
        while not self._starts(")"):
            if self._at >= len(self._source):
                raise _slip(f"Can't find end of a URL at byte offset {self._bytes(started + 1)}")
            self._at += self._starts("\\")
            address += self._source[self._at : self._at + 1]
            self._at += 1
        self._at += 1
        return address

    # --- quotations ---------------------------------------------------------------

    def _at_line_start(self) -> bool:
        return not self._quoted() and self._text[-1:] in ("", "\n")

    def _quoted(self) -> bool:
        return any(one.kind == "blockquote" for one in self._open)

    def _end_of_line(self) -> None:
        going_on = self._quoted() and self._source.startswith(">", self._at + 1)
        if not going_on:
            self._end_quote()
        self._take("\n", 2 if going_on else 1)

    def _end_quote(self) -> None:
        if not self._quoted():
            return
        kind, last = "blockquote", self._open[-1]
        if last.kind == "spoiler" and last.offset == self._units:
            self._open.pop()
            kind = "expandable_blockquote"
        if self._open[-1].kind != "blockquote":
            raise self._endless(self._open[-1])
        self._add(self._open.pop(), kind)

    # --- predicates and results ----------------------------------------------

    def _starts(self, mark: str) -> bool:
        return self._source.startswith(mark, self._at)

    def _inside(self, *kinds: str) -> bool:
        return bool(self._open) and self._open[-1].kind in kinds

    def _add_link(self, opened: _Open, url: str) -> None:
        if (mentioned := _MENTION.fullmatch(url)) is not None:
            self._add(opened, "text_mention", user_id=int(mentioned[1]))
        else:
            self._add(opened, "text_link", url=url)

    def _add(
        self,
        opened: _Open,
        kind: str,
        *,
        url: str | None = None,
        user_id: int | None = None,
        language: str | None = None,
        custom_emoji_id: str | None = None,
    ) -> None:
        if (length := self._units - opened.offset) > 0:
            place = kind, opened.offset, length
            self._entities.append(Entity(*place, url, user_id, language, custom_emoji_id))

    def _endless(self, opened: _Open) -> ApiError:
        name = _NAMES.get(opened.kind, opened.kind.capitalize())
        if opened.language:
            name = "PreCode"
        return _slip(
            f"Can't find end of {name} entity at byte offset {self._bytes(opened.source_at)}"
        )

    def _bytes(self, at: int) -> int:
        return len(self._source[:at].encode())


def _slip(what: str) -> ApiError:
    return bad_request(f"can't parse entities: {what}")
