"""Rows of uploads: files on their way to be contact lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db.models.contact_list import Upload
from db.models.errors import NotFound

if TYPE_CHECKING:
    from db.pool import Connection

ADD_UPLOAD = """
INSERT INTO uploads (admin_id, file_name, content, reading) VALUES ($1, $2, $3, $4) RETURNING id
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
    """The file as its uploader left it; NotFound when it is saved, dropped or somebody else's."""
    row = await connection.fetchrow(GET_UPLOAD, upload_id, admin_id)
    if row is None:
        raise NotFound("upload", upload_id)
    return Upload(**dict(row))


SET_READING = "UPDATE uploads SET reading = $2 WHERE id = $1"


async def set_reading(connection: Connection, upload_id: int, reading: dict[str, Any]) -> None:
    """Remember how the file is read."""
    await connection.execute(SET_READING, upload_id, reading)


CLAIM_UPLOAD = "DELETE FROM uploads WHERE id = $1 AND admin_id = $2 RETURNING id"


async def claim(connection: Connection, upload_id: int, admin_id: int) -> bool:
    """Take the file away, to save it or to drop it; False when somebody was faster."""
    return await connection.fetchval(CLAIM_UPLOAD, upload_id, admin_id) is not None
