"""Rows of media: photos and documents with their bytes, each stored once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from db.models.errors import NotFound
from db.models.template import Media

if TYPE_CHECKING:
    from db.pool import Connection

GET_MEDIA = "SELECT id, kind, file_name, mime_type, content FROM media WHERE id = $1"


async def get(connection: Connection, media_id: int) -> Media:
    """Return the file with its bytes; raise NotFound when there is none."""
    if (row := await connection.fetchrow(GET_MEDIA, media_id)) is None:
        raise NotFound("media", media_id)
    return Media(**dict(row))


ADD_MEDIA = """
INSERT INTO media (kind, file_name, mime_type, sha256, content) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (sha256) DO UPDATE SET sha256 = excluded.sha256
RETURNING id
"""


async def add(
    connection: Connection, kind: str, file_name: str, mime_type: str, content: bytes
) -> int:
    """Add a file, unless the same one is stored, and return its id.

    The same file has the same bytes, kind ('photo' or 'document'), name and type: a picture sent
    as a photo and as a document is two rows.
    """
    label = f"{kind}\n{file_name}\n{mime_type}\n".encode()
    digest = hashlib.sha256(label + content).digest()
    media_id: int = await connection.fetchval(
        ADD_MEDIA, kind, file_name, mime_type, digest, content
    )
    return media_id
