"""Files on their way in: parts as they come, and the whole when a message asks for it."""

from __future__ import annotations

from hashlib import md5
from typing import Any

from telethon.tl import types

from sandbox.mtproto import refuse

LARGEST_PART = 512 * 1024
MOST_PARTS = 4000
MOST_FILES = 256


class Uploads:
    """Parts by (account, file id). The oldest files are forgotten beyond MOST_FILES."""

    def __init__(self) -> None:
        self._files: dict[tuple[int, int], dict[int, bytes]] = {}

    def add(self, account: int, file_id: int, number: int, data: bytes) -> None:
        if not data:
            raise refuse("FILE_PART_EMPTY")
        if len(data) > LARGEST_PART:
            raise refuse("FILE_PART_TOO_BIG")
        if not 0 <= number < MOST_PARTS:
            raise refuse("FILE_PART_INVALID")
        self._files.setdefault((account, file_id), {})[number] = data
        while len(self._files) > MOST_FILES:
            del self._files[next(iter(self._files))]

    def whole(self, account: int, file: Any) -> bytes:
        """The bytes of an InputFile or InputFileBig; refused when a part is missing."""
        known = isinstance(file, types.InputFile | types.InputFileBig)
        if not known or not 1 <= file.parts <= MOST_PARTS:
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
    """Every part but the last has the same size: whole kilobytes of which 512 are a multiple."""
    *others, last = sizes
    if len(set(others)) > 1 or (others and last > others[0]):
        raise refuse("FILE_PART_SIZE_CHANGED")
    if others and (others[0] % 1024 or LARGEST_PART % others[0]):
        raise refuse("FILE_PART_SIZE_INVALID")
