"""The hash by which a client says which page it has: core.telegram.org/api/offsets."""

from __future__ import annotations

from collections.abc import Iterable

MASK = 2**64 - 1


def page_hash(ids: Iterable[int]) -> int:
    """Return the hash of these numbers as a signed 64-bit integer, as TL has it."""
    hashed = 0
    for number in ids:
        hashed ^= hashed >> 21
        hashed ^= hashed << 35 & MASK
        hashed ^= hashed >> 4
        hashed = hashed + number & MASK
    return hashed - 2**64 if hashed >= 2**63 else hashed
