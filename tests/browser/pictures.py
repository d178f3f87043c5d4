"""`make screenshots`: the README's pictures, as the browser tests took them, made small.

The soft gradients that a browser paints do not compress. Each part of a colour is rounded to a
multiple of four, which no eye sees, and rows are kept as they are, because rows of text and plain
surfaces repeat.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.browser.chromium import ROOT

SHOTS, DOCS = ROOT / "build" / "screenshots", ROOT / "docs"
PICTURES = {
    "chat-light": "file-light",
    "chat-dark": "file-dark",
    "campaign": "campaign-light",
    "recipient": "recipient-light",
    "report": "report-dark",
    "phone": "phone-light",
}
MAGIC = b"\x89PNG\r\n\x1a\n"
DEPTH = 3  # bytes a pixel: what the browser writes is RGB
ROUNDED = bytes(255 if value > 252 else value + 2 - (value + 2) % 4 for value in range(256))


def shrink(png: bytes) -> bytes:
    """The same picture in half as many bytes."""
    chunks = list(_chunks(png))
    header = next(data for kind, data in chunks if kind == b"IHDR")
    width, _, bits, colour_type = struct.unpack(">IIBB", header[:10])
    if (bits, colour_type) != (8, 2):
        raise ValueError("Only 8-bit RGB is read here")
    data = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    lines = b"".join(b"\0" + row.translate(ROUNDED) for row in _unfiltered(data, width * DEPTH))
    return (
        MAGIC
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(lines, 9))
        + _chunk(b"IEND", b"")
    )


def _unfiltered(data: bytes, length: int) -> Iterator[bytes]:
    """The rows as they were before PNG's five filters."""
    above = bytearray(length)
    for start in range(0, len(data), length + 1):
        how, row = data[start], bytearray(data[start + 1 : start + 1 + length])
        for at in range(length):
            left = row[at - DEPTH] if at >= DEPTH else 0
            corner = above[at - DEPTH] if at >= DEPTH else 0
            row[at] = row[at] + _predicted(how, left, above[at], corner) & 255
        yield bytes(row)
        above = row


def _predicted(how: int, left: int, up: int, corner: int) -> int:
    if how == 4:  # Paeth's
        guess = left + up - corner
        return min((left, up, corner), key=lambda one: abs(guess - one))
    return (0, left, up, (left + up) // 2)[how]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(MAGIC)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        yield kind, png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    for name, shot in PICTURES.items():
        path: Path = DOCS / f"{name}.png"
        path.write_bytes(shrink((SHOTS / f"{shot}.png").read_bytes()))
        sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
