"""Rows of uploads: files on their way to be contact lists.

An upload that is being saved is visible to its import only.
"""

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
    """Add a file and return the upload's id."""
    upload_id: int = await connection.fetchval(ADD_UPLOAD, admin_id, file_name, content, reading)
    return upload_id


GET_UPLOAD = """
SELECT id, admin_id, file_name, content, reading FROM uploads
WHERE id = $1 AND admin_id = $2 AND saving_at IS NULL
"""


async def get(connection: Connection, upload_id: int, admin_id: int) -> Upload:
    """Return the file with its reading; NotFound when it is saved, dropped or another admin's."""
    row = await connection.fetchrow(GET_UPLOAD, upload_id, admin_id)
    if row is None:
        raise NotFound("upload", upload_id)
    return Upload(**dict(row))


NOTE_ON_UPLOAD = """
UPDATE uploads SET reading = reading || $3
WHERE id = $1 AND admin_id = $2 AND saving_at IS NULL RETURNING id
"""


async def note(connection: Connection, upload_id: int, admin_id: int, **choices: object) -> None:
    """Store choices for the file beside earlier ones; NotFound as in `get`."""
    if await connection.fetchval(NOTE_ON_UPLOAD, upload_id, admin_id, choices) is None:
        raise NotFound("upload", upload_id)


DROP_UPLOAD = """
DELETE FROM uploads WHERE id = $1 AND admin_id = $2 AND saving_at IS NULL RETURNING id
"""


async def drop(connection: Connection, upload_id: int, admin_id: int) -> None:
    """Delete a file that is not being saved; NotFound as in `get`."""
    if await connection.fetchval(DROP_UPLOAD, upload_id, admin_id) is None:
        raise NotFound("upload", upload_id)


CLAIM_UPLOAD = """
UPDATE uploads SET saving_at = now() WHERE id = $1 AND admin_id = $2 AND saving_at IS NULL
RETURNING reading
"""


async def claim(connection: Connection, upload_id: int, admin_id: int) -> dict[str, Any]:
    """Claim the file for its import and return its `reading`; NotFound as in `get`."""
    reading: dict[str, Any] | None = await connection.fetchval(CLAIM_UPLOAD, upload_id, admin_id)
    if reading is None:
        raise NotFound("upload", upload_id)
    return reading


GET_CLAIMED_UPLOAD = """
SELECT id, admin_id, file_name, content, reading FROM uploads
WHERE id = $1 AND saving_at IS NOT NULL
"""


async def get_claimed(connection: Connection, upload_id: int) -> Upload:
    """Return a claimed file; NotFound when there is none of this id."""
    row = await connection.fetchrow(GET_CLAIMED_UPLOAD, upload_id)
    if row is None:
        raise NotFound("upload", upload_id)
    return Upload(**dict(row))


DELETE_CLAIMED_UPLOAD = "DELETE FROM uploads WHERE id = $1 AND saving_at IS NOT NULL"


async def delete_claimed(connection: Connection, upload_id: int) -> None:
    """Delete a claimed file."""
    await connection.execute(DELETE_CLAIMED_UPLOAD, upload_id)
