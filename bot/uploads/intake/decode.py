"""From a file's bytes to text: its kind, its encoding, and other encodings that are possible.

The order was found by trial on real files: byte order mark, the pattern of NULs of UTF-16, strict
UTF-8, else Windows-1251. A person chooses rarer encodings by eye.
"""

from __future__ import annotations

import codecs
import io
import re
from enum import StrEnum
from typing import TextIO

SAMPLE_BYTES = 64 * 1024
ENCODINGS = {  # Python's name → the name people know
    "utf-8-sig": "UTF-8",
    "cp1251": "Windows-1251",
    "cp866": "DOS-866",
    "koi8-r": "KOI8-R",
    "mac-cyrillic": "Mac Cyrillic",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
}


class Refusal(StrEnum):
    """Why a file cannot be read as a list at all."""

    EMPTY = "empty"
    XLSX = "xlsx"
    XLS = "xls"
    ARCHIVE = "archive"
    PDF = "pdf"
    PICTURE = "picture"
    MARKUP = "markup"
    BINARY = "binary"
    HEADER_ONLY = "header_only"
    LONG_ROWS = "long_rows"
    LONG_TITLE = "long_title"


_BEGINNINGS = (
    (b"%PDF", Refusal.PDF),
    (b"\x89PNG", Refusal.PICTURE),
    (b"\xff\xd8\xff", Refusal.PICTURE),
    (b"GIF8", Refusal.PICTURE),
    (b"\xd0\xcf\x11\xe0", Refusal.XLS),
    (b"PK\x03\x04", Refusal.ARCHIVE),
    (b"PK\x05\x06", Refusal.ARCHIVE),
    (b"Rar!", Refusal.ARCHIVE),
    (b"7z\xbc\xaf", Refusal.ARCHIVE),
    (b"\x1f\x8b", Refusal.ARCHIVE),
)
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table")
_FOREIGN = re.compile("[\0\x80-\x9f\u0530-\u1fff\u2e00-\uffff]")  # neither Latin nor Cyrillic
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))


def refusal(content: bytes) -> Refusal | None:
    """Return why these bytes cannot be a list; None when they may be one."""
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        return Refusal.EMPTY
    for beginning, why in _BEGINNINGS:
        if content.startswith(beginning):
            return Refusal.XLSX if why is Refusal.ARCHIVE and b"xl/workbook" in content else why
    sample = content[:SAMPLE_BYTES]
    if sample.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return Refusal.MARKUP
    if guess_encoding(content).startswith("utf-16"):
        return None
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    return Refusal.BINARY if controls * 100 > len(sample) else None


def guess_encoding(content: bytes) -> str:
    """Return the most likely encoding, by Python's name."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = content[:SAMPLE_BYTES]
    # In UTF-16, every ASCII character (digits, commas, line ends) has a zero byte.
    zeros_first, zeros_second = sample[::2].count(0), sample[1::2].count(0)
    if zeros_first + zeros_second > len(sample) // 20:
        return "utf-16-le" if zeros_second > zeros_first else "utf-16-be"
    return "utf-8-sig" if _is_utf8(content) else "cp1251"


def _is_utf8(content: bytes) -> bool:
    """Whether this is UTF-8, with a few broken characters at most (a cut field, a cut end)."""
    try:
        content.decode()
    except UnicodeDecodeError:
        pass
    else:
        return True
    sample = content[:SAMPLE_BYTES].decode(errors="replace")
    torn = sample.count("\ufffd")
    return 0 < torn * 20 < sum(c > "\x7f" for c in sample) - torn


def open_text(content: bytes, encoding: str) -> TextIO:
    """Open the text as a stream; bytes that the encoding does not have become U+FFFD."""
    return io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace", newline="")


def other_encodings(content: bytes) -> list[str]:
    """Return the encodings in which the text is Latin and Cyrillic only, likely ones first."""
    sample = content[:SAMPLE_BYTES]
    possible = []
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        try:
            letters = decoder.decode(sample)
        except UnicodeError:  # UTF-16 without a byte order mark
            continue
        if not _FOREIGN.search(letters):
            possible.append(encoding)
    return possible
