"""Rows of templates. Their text never changes: an edit adds a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.errors import NotFound
from db.models.template import Entity, Template

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

GET_TEMPLATE = "SELECT * FROM templates WHERE id = $1"


async def get(connection: Connection, template_id: int) -> Template:
    """Return the template, archived or not; raise NotFound when there is none."""
    if (row := await connection.fetchrow(GET_TEMPLATE, template_id)) is None:
        raise NotFound("template", template_id)
    return _template(row)


PAGE_TEMPLATES = """
SELECT * FROM templates WHERE archived_at IS NULL ORDER BY id DESC LIMIT $1 OFFSET $2
"""


async def page(connection: Connection, *, limit: int = 20, offset: int = 0) -> list[Template]:
    """Return templates that are not archived, newest first."""
    rows = await connection.fetch(PAGE_TEMPLATES, limit, offset)
    return [_template(row) for row in rows]


ADD_TEMPLATE = """
INSERT INTO templates (name, text, entities, media_id, created_by)
VALUES ($1, $2, $3, $4, $5)
RETURNING *
"""


async def add(
    connection: Connection,
    *,
    name: str,
    text: str,
    entities: tuple[Entity, ...],
    media_id: int | None,
    created_by: int,
) -> Template:
    """Add a template and return it. `media_id` None: it is a text."""
    stored = [entity.to_json() for entity in entities]
    row = await connection.fetchrow(ADD_TEMPLATE, name, text, stored, media_id, created_by)
    assert row is not None
    return _template(row)


ARCHIVE_TEMPLATE = """
UPDATE templates SET archived_at = now() WHERE id = $1 AND archived_at IS NULL RETURNING id
"""


async def archive(connection: Connection, template_id: int) -> bool:
    """Hide the template from lists; return False when it is archived already.

    Campaigns that use it go on.
    """
    return await connection.fetchval(ARCHIVE_TEMPLATE, template_id) is not None


def _template(row: asyncpg.Record) -> Template:
    return Template(
        id=row["id"],
        name=row["name"],
        text=row["text"],
        entities=tuple(map(Entity.from_json, row["entities"])),
        media_id=row["media_id"],
        created_by=row["created_by"],
    )
