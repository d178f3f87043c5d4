"""Telegram counts text in UTF-16 units: an emoji is two, a Cyrillic letter is one."""

from __future__ import annotations


def length(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)
