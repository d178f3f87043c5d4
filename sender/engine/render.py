"""Renders deliveries: the content that was frozen, else the template filled for the contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.models.delivery import Claimed
from db.models.opt_out import with_closing_line
from db.models.template import Filled, Template, fill, placeholders
from db.pool import Database
from db.queries import contents


@dataclass(frozen=True, slots=True)
class Rendering:
    """The content of some deliveries.

    `ending`, the opt-out line, is added to messages to a person. `frozen` holds the content of the
    deliveries that were frozen, `fields` the fields of the contacts of others, both by delivery id.
    """

    template: Template
    ending: str
    frozen: Mapping[int, Filled]
    fields: Mapping[int, Mapping[str, str]]

    def of(self, delivery_id: int, *, to_person: bool) -> Filled:
        """Return the text and entities of this delivery."""
        if (content := self.frozen.get(delivery_id)) is not None:
            return content
        fields = self.fields.get(delivery_id, {})
        content = fill(self.template.text, self.template.entities, fields)
        return with_closing_line(content, self.ending) if to_person else content


async def find_rendering(
    database: Database, template: Template, ending: str, rows: Sequence[Claimed]
) -> Rendering:
    """Load what these deliveries need: frozen content, or the fields of their contacts."""
    frozen: Mapping[int, Filled] = {}
    fields: Mapping[int, Mapping[str, str]] = {}
    # A later generation has no random_id before its freeze; its content was frozen by the first.
    tried = [row.id for row in rows if row.random_id is not None or row.generation]
    untried = [row.id for row in rows if row.random_id is None and not row.generation]
    async with database.connection() as connection:
        if tried:
            frozen = await contents.find_frozen(connection, tried)
        if untried and placeholders(template.text):
            fields = await contents.find_fields(connection, untried)
    return Rendering(template, ending, frozen, fields)
