"""Messages: previewed with real people's fields, saved, deleted. Their text never changes."""

from __future__ import annotations

from bot.templates.view_model import Preview
from db.models.admin import Admin
from db.models.draft import Gap
from db.models.errors import NotAllowed
from db.models.opt_out import closing_line, with_closing_line
from db.models.template import Media, Template, fill, placeholders, utf16_length
from db.pool import Connection, Database
from db.queries import audit, contact_lists, installation, media, templates


async def page(database: Database, *, limit: int, offset: int) -> list[Template]:
    """Return the messages that were not deleted, newest first."""
    async with database.connection() as connection:
        return await templates.page(connection, limit=limit, offset=offset)


async def get(database: Database, template_id: int) -> tuple[Template, Media | None]:
    """Return the message and its file, None without one. Raise NotFound."""
    async with database.connection() as connection:
        found = await templates.get(connection, template_id)
        file = None if found.media_id is None else await media.get(connection, found.media_id)
        return found, file


async def keep_media(
    database: Database, kind: str, file_name: str, mime_type: str, content: bytes
) -> int:
    """Store a photo's or a document's bytes and return the id."""
    async with database.transaction() as connection:
        return await media.add(connection, kind, file_name, mime_type, content)


async def newest_fields(database: Database) -> tuple[str, ...]:
    """Return the fields that the newest list can fill; empty while there is no list."""
    async with database.connection() as connection:
        newest = await contact_lists.page(connection, limit=1)
        return newest[0].fields if newest else ()


async def ending(database: Database, draft: Template) -> str:
    """Return the closing line of this message; "" when its text says how to opt out."""
    async with database.connection() as connection:
        return closing_line(draft, await installation.find_opt_out_line(connection))


async def preview(database: Database, draft: Template, place: int) -> Preview:
    """Return the message as one person of the newest list gets it, with the closing line.

    `place` counts people from 0 and wraps around. `draft` need not be a row yet.
    """
    async with database.connection() as connection:
        newest = next(iter(await contact_lists.page(connection, limit=1)), None)
        ending = closing_line(draft, await installation.find_opt_out_line(connection))
        if newest is None or not newest.size:
            filled = with_closing_line(fill(draft.text, draft.entities, {}), ending)
            return Preview(draft, filled, longest=utf16_length(filled.text))
        member = await contact_lists.find_member(connection, newest.id, place % newest.size)
        fields = member.fields if member is not None else {}
        fallbacks = {p.field: p.fallback for p in placeholders(draft.text)}
        empty = await contact_lists.count_empty(connection, newest.id, list(fallbacks))
        return Preview(
            template=draft,
            filled=with_closing_line(fill(draft.text, draft.entities, fields), ending),
            list_name=newest.name,
            member=member,
            size=newest.size,
            gaps=tuple(
                Gap(field, fallback, empty[field])
                for field, fallback in fallbacks.items()
                if empty.get(field)
            ),
            longest=await _longest(connection, draft, ending, [newest.id]),
        )


async def longest(database: Database, template: Template, contact_list_ids: list[int]) -> int:
    """Return the length of the longest message of these lists, in UTF-16 units."""
    async with database.connection() as connection:
        ending = closing_line(template, await installation.find_opt_out_line(connection))
        return await _longest(connection, template, ending, contact_list_ids)


async def save(database: Database, admin: Admin, draft: Template, name: str) -> Template:
    """Store the message. `name` is one line of 1 to 64 characters."""
    async with database.transaction() as connection:
        added = await templates.add(
            connection,
            name=name,
            text=draft.text,
            entities=draft.entities,
            media_id=draft.media_id,
            created_by=admin.id,
        )
        await audit.add(connection, admin.id, "create", "template", added.id, name=name)
        return added


async def delete(database: Database, admin: Admin, template_id: int) -> None:
    """Archive the message; campaigns keep theirs. Idempotent.

    Raise NotFound, or NotAllowed when it is another admin's and the role does not allow it.
    """
    async with database.transaction() as connection:
        found = await templates.get(connection, template_id)
        if not admin.may_change(found.created_by):
            raise NotAllowed("template", template_id, admin.id)
        if await templates.archive(connection, template_id):
            await audit.add(
                connection, admin.id, "delete", "template", template_id, name=found.name
            )


async def _longest(
    connection: Connection, template: Template, ending: str, list_ids: list[int]
) -> int:
    found = placeholders(template.text)
    fixed = utf16_length(template.text + ending) - sum(
        utf16_length(template.text[p.start : p.end]) for p in found
    )
    pairs = [(p.field, p.fallback) for p in found]
    return fixed + await contact_lists.longest_filling(connection, list_ids, pairs)
