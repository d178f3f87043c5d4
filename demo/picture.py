"""A poster for the demo's message, drawn in code so that the repository holds no binary file."""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Iterable

WIDTH, HEIGHT = 640, 360
SIGNATURE = b"\x89PNG\r\n\x1a\n"
NO_FILTER = b"\0"


@functools.cache
def poster() -> bytes:
    """Return a PNG file of an evening sky over two hills."""
    rows = (b"".join(_colour(x, y) for x in range(WIDTH)) for y in range(HEIGHT))
    return encode_png(WIDTH, HEIGHT, rows)


def encode_png(width: int, height: int, rows: Iterable[bytes]) -> bytes:
    """Return a PNG file of these rows: 8-bit RGB, unfiltered, not interlaced (RFC 2083)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"".join(NO_FILTER + row for row in rows)
    return (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(data, 9))
        + _chunk(b"IEND", b"")
    )


def _colour(x: int, y: int) -> bytes:
    near = 250 + (x - 180) ** 2 // 900
    far = 215 + (x - 470) ** 2 // 1400
    if y > near:
        return bytes((38, 70, 83))
    if y > far:
        return bytes((42, 110, 115))
    if (x - 470) ** 2 + (y - 130) ** 2 < 44**2:
        return bytes((255, 236, 179))
    dusk = min(1.0, y / 260)
    return bytes((int(72 + 172 * dusk), int(85 + 77 * dusk), int(140 - 43 * dusk)))


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum
