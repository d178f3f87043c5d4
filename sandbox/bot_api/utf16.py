"""Telegram counts text in UTF-16 units: an emoji is two, a Cyrillic letter is one."""

from __future__ import annotations


def length(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)


def part(text: str, offset: int, units: int) -> str:
    """`units` units of the text from `offset` on."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[2 * offset : 2 * (offset + units)].decode("utf-16-le", "replace")
