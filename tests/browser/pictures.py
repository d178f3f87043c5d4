"""`make screenshots`: the README's pictures, compressed from the screenshots of the browser tests.

The soft gradients that a browser paints do not compress. Each colour channel is rounded to a
multiple of four, which is not visible. Rows are written unfiltered, because rows of text and of
plain surfaces repeat.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from demo.picture import SIGNATURE, encode_png
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
DEPTH = 3  # bytes a pixel: the browser writes RGB
ROUNDED = bytes(255 if value > 252 else value + 2 - (value + 2) % 4 for value in range(256))


def shrink(png: bytes) -> bytes:
    """Return the same picture in about half as many bytes. Raises ValueError when it is no RGB."""
    chunks = list(_chunks(png))
    header = next(data for kind, data in chunks if kind == b"IHDR")
    width, height, bits, colour_type = struct.unpack(">IIBB", header[:10])
    if (bits, colour_type) != (8, 2):
        raise ValueError("Only 8-bit RGB is read here")
    data = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    rows = (row.translate(ROUNDED) for row in _unfiltered(data, width * DEPTH))
    return encode_png(width, height, rows)


def _unfiltered(data: bytes, length: int) -> Iterator[bytes]:
    """Yield the rows without the filters of PNG (RFC 2083, section 6)."""
    above = bytearray(length)
    for start in range(0, len(data), length + 1):
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + length])
        for at in range(length):
            left = row[at - DEPTH] if at >= DEPTH else 0
            corner = above[at - DEPTH] if at >= DEPTH else 0
            row[at] = row[at] + _predicted(kind, left, above[at], corner) & 255
        yield bytes(row)
        above = row


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:  # Paeth
        guess = left + up - corner
        return min((left, up, corner), key=lambda one: abs(guess - one))
    return (0, left, up, (left + up) // 2)[kind]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        yield kind, png[at + 8 : at + 8 + length]
        at += length + 12


def main() -> None:
    """Write each picture of the README and print its size."""
    DOCS.mkdir(exist_ok=True)
    for name, shot in PICTURES.items():
        path: Path = DOCS / f"{name}.png"
        path.write_bytes(shrink((SHOTS / f"{shot}.png").read_bytes()))
        sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
