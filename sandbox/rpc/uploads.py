"""Uploads: parts of files, and the whole file once a message needs it.

See core.telegram.org/api/files.
"""

from __future__ import annotations

from hashlib import md5
from typing import Any

from telethon.tl import types

from sandbox.mtproto import refuse

MAX_PART_BYTES = 512 * 1024
MAX_PARTS = 4000
MAX_FILES = 256


class Uploads:
    """Parts by (account, file id). Beyond MAX_FILES the oldest files are dropped."""

    def __init__(self) -> None:
        self._files: dict[tuple[int, int], dict[int, bytes]] = {}

    def add(self, account: int, file_id: int, number: int, data: bytes) -> None:
        """Store one part; raises 400 for an invalid size or number."""
        if not data:
            raise refuse("FILE_PART_EMPTY")
        if len(data) > MAX_PART_BYTES:
            raise refuse("FILE_PART_TOO_BIG")
        if not 0 <= number < MAX_PARTS:
            raise refuse("FILE_PART_INVALID")
        self._files.setdefault((account, file_id), {})[number] = data
        while len(self._files) > MAX_FILES:
            del self._files[next(iter(self._files))]

    def whole(self, account: int, file: Any) -> bytes:
        """Return the bytes of an InputFile or InputFileBig; raises 400 when a part is missing."""
        known = isinstance(file, types.InputFile | types.InputFileBig)
        if not known or not 1 <= file.parts <= MAX_PARTS:
            raise refuse("FILE_PARTS_INVALID")
        parts = self._files.get((account, file.id), {})
        for number in range(file.parts):
            if number not in parts:
                raise refuse(f"FILE_PART_{number}_MISSING")
        whole = [parts[number] for number in range(file.parts)]
        _check_sizes([len(part) for part in whole])
        data = b"".join(whole)
        checksum = getattr(file, "md5_checksum", "")
        if checksum and md5(data, usedforsecurity=False).hexdigest() != checksum:
            raise refuse("MD5_CHECKSUM_INVALID")
        return data


def _check_sizes(sizes: list[int]) -> None:
    """Require parts of one size, but for the last: whole kilobytes that divide 512 KB."""
    *others, last = sizes
    if len(set(others)) > 1 or (others and last > others[0]):
        raise refuse("FILE_PART_SIZE_CHANGED")
    if others and (others[0] % 1024 or MAX_PART_BYTES % others[0]):
        raise refuse("FILE_PART_SIZE_INVALID")
