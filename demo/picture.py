"""A poster for the demo's message, drawn here so that no binary file has to be kept."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 640, 360


def poster() -> bytes:
    """A PNG: an evening sky over two hills."""
    rows = b"".join(b"\0" + b"".join(_colour(x, y) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
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
