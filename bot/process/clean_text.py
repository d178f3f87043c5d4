"""Removes from updates what neither Postgres nor Telegram can take: NUL and lone surrogates.

Every text of an update passes here, once: what is typed, file names, captions, names of people.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import MessageEntity, TelegramObject
from pydantic import BaseModel

from db.models.text import kept_units, storable

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
_ENTITIES_OF = {"text": "entities", "caption": "caption_entities"}


class CleanText(BaseMiddleware):
    """Outer middleware of updates; it is the first, so that no other sees the text as it came."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        clean(event)
        return await handler(event, data)


def clean(value: BaseModel) -> None:
    """Remove NUL and lone surrogates from every text in the object, in place.

    Its entities move with the text that they cover.
    """
    fields = value.__dict__  # aiogram's models are frozen against assignment
    for name, found in fields.items():
        if isinstance(found, str) and (kept := storable(found)) != found:
            _move(fields.get(_ENTITIES_OF.get(name, "")) or (), found)
            fields[name] = kept
        elif isinstance(found, BaseModel):
            clean(found)
        elif isinstance(found, list):
            for one in found:
                if isinstance(one, BaseModel):
                    clean(one)


def _move(entities: list[MessageEntity] | tuple[()], text: str) -> None:
    for entity in entities:
        start, end = entity.offset, entity.offset + entity.length
        moved = kept_units(text, start)
        entity.__dict__.update(offset=moved, length=kept_units(text, end) - moved)
