"""Rows of audit: which admin did what to which row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

ADD_AUDIT = """
INSERT INTO audit (admin_id, act, noun, noun_id, details) VALUES ($1, $2, $3, $4, $5)
"""


async def add(
    connection: Connection, admin_id: int, act: str, noun: str, noun_id: int, **details: object
) -> None:
    """Record that the admin did `act` ("start") to the `noun` ("campaign") with `noun_id`.

    The caller does the act in the same transaction. `details` must be JSON values.
    """
    await connection.execute(ADD_AUDIT, admin_id, act, noun, noun_id, details)
