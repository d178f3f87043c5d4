"""Files as one bot knows them: its own `file_id` strings, download paths and photo sizes.

A `file_id` is valid for this bot only, as on the real server: other bots and MTProto do not know
it.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.world import Media
from sandbox.world.pictures import measure

# Bytes: core.telegram.org/bots/api#sending-files and #getfile.
UPLOAD_LIMIT = 50 * 1024 * 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024
_PREVIEW = 320

Json = dict[str, Any]


class Files:
    """The files that the bot `owner_id` has uploaded or received."""

    def __init__(self, owner_id: int) -> None:
        self._owner_id = owner_id
        self._known: dict[int, Media] = {}

    def describe(self, media: Media, variant: str = "") -> Json:
        """Register a file for the bot; return its ids and its `file_size` in bytes."""
        self._known[media.id] = media
        return {
            "file_id": f"BQ{variant}-{self._owner_id:x}-{media.id:x}",
            "file_unique_id": f"AQ{variant}-{media.id:x}",
            "file_size": len(media.data),
        }

    def photo_sizes(self, media: Media) -> list[Json]:
        """Return a preview of at most 320 pixels and the original, smallest first.

        Both have the same bytes.
        """
        longest = max(media.width, media.height)
        sizes = [{**self.describe(media), "width": media.width, "height": media.height}]
        if longest > _PREVIEW:
            width, height = (max(1, n * _PREVIEW // longest) for n in (media.width, media.height))
            sizes.insert(0, {**self.describe(media, "m"), "width": width, "height": height})
        return sizes

    def find(self, file_id: str) -> Media | None:
        """Return the file of a `file_id` of this bot; None for another bot's."""
        ours = re.fullmatch(rf"BQm?-{self._owner_id:x}-([0-9a-f]+)", file_id)
        return self._known.get(int(ours[1], 16)) if ours else None

    def get(self, file_id: str) -> Json:
        """Return the answer of getFile; raises `ApiError` for an unknown id and above 20 MB."""
        media = self.find(file_id)
        if media is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(media.data) > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        ending = re.search(r"\.[A-Za-z0-9]+$", media.file_name)
        path = f"{media.kind}s/file_{media.id}{ending[0] if ending else ''}"
        return {**self.describe(media), "file_path": path}

    def download(self, path: str) -> bytes:
        """Return the bytes at a `file_path`; raises `ApiError` (404)."""
        stem = path.rpartition("file_")[2].partition(".")[0]
        media = self._known.get(int(stem)) if stem.isdecimal() else None
        if media is None or len(media.data) > DOWNLOAD_LIMIT:
            raise ApiError(404, "Not Found")
        return media.data


def picture_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels; 640 × 480 for a format that is not recognised."""
    return measure(data) or (640, 480)
