"""Offsets of pages, and the hash that says which page a client has.

See core.telegram.org/api/offsets.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

MASK = 2**64 - 1


def moment(date: datetime | None) -> float:
    """Return a date of a request in Unix seconds; 0 without one, which is sent as the date 0."""
    return date.timestamp() if date else 0.0


def page_hash(ids: Iterable[int]) -> int:
    """Return the hash of these numbers as a signed 64-bit integer, as TL has it."""
    hashed = 0
    for number in ids:
        hashed ^= hashed >> 21
        hashed ^= hashed << 35 & MASK
        hashed ^= hashed >> 4
        hashed = hashed + number & MASK
    return hashed - 2**64 if hashed >= 2**63 else hashed
