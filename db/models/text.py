"""Text as Postgres and Telegram take it."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text without NUL and without lone surrogates.

    PostgreSQL's text and jsonb cannot hold NUL
    (https://www.postgresql.org/docs/current/datatype-json.html). A lone surrogate, which the JSON
    escape "\\ud83d" makes, cannot be encoded in UTF-8.
    """
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub("", text)


def kept_units(text: str, offset: int) -> int:
    """Return where the UTF-16 `offset` of the text is in `storable(text)`."""
    units = 0
    removed = 0
    for character in text:
        if units >= offset:
            break
        units += 1 + (character > "\uffff")
        removed += _UNSTORABLE.match(character) is not None
    return offset - removed
