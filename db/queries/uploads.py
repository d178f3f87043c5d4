"""Rows of uploads: files on their way to be contact lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db.models.contact_list import Upload
from db.models.errors import NotFound

if TYPE_CHECKING:
    from db.pool import Connection

ADD_UPLOAD = """
INSERT INTO uploads (admin_id, file_name, content, reading) VALUES ($1, $2, $3, $4)
RETURNING id
"""


async def add(
    connection: Connection, admin_id: int, file_name: str, content: bytes, reading: dict[str, Any]
) -> int:
    """Keep a file; returns the upload's id."""
    upload_id: int = await connection.fetchval(ADD_UPLOAD, admin_id, file_name, content, reading)
    return upload_id


GET_UPLOAD = """
SELECT id, admin_id, file_name, content, reading FROM uploads WHERE id = $1 AND admin_id = $2
"""


async def get(connection: Connection, upload_id: int, admin_id: int) -> Upload:
    """Return the file with its reading; NotFound when it is saved, dropped or another admin's."""
    row = await connection.fetchrow(GET_UPLOAD, upload_id, admin_id)
    if row is None:
        raise NotFound("upload", upload_id)
    return Upload(**dict(row))


NOTE_ON_UPLOAD = """
UPDATE uploads SET reading = reading || $3 WHERE id = $1 AND admin_id = $2 RETURNING id
"""


async def note(connection: Connection, upload_id: int, admin_id: int, **choices: object) -> None:
    """Remember what was chosen for the file, beside what was before; NotFound as in `get`."""
    if await connection.fetchval(NOTE_ON_UPLOAD, upload_id, admin_id, choices) is None:
        raise NotFound("upload", upload_id)


CLAIM_UPLOAD = """
DELETE FROM uploads WHERE id = $1 AND admin_id = $2
RETURNING id, admin_id, file_name, content, reading
"""


async def claim(connection: Connection, upload_id: int, admin_id: int) -> Upload:
    """Delete and return the file, to save or to drop it; NotFound when it is gone already."""
    row = await connection.fetchrow(CLAIM_UPLOAD, upload_id, admin_id)
    if row is None:
        raise NotFound("upload", upload_id)
    return Upload(**dict(row))
