"""Lengths in UTF-16 units, in which Telegram counts text (core.telegram.org/api/entities)."""

from __future__ import annotations


def length(text: str) -> int:
    """Return the length in UTF-16 units: 2 for an emoji, 1 for a Cyrillic letter."""
    return len(text) + sum(letter > "\uffff" for letter in text)
