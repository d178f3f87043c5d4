"""Methods that send existing messages again: with their origin (forward) or without it (copy)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from aiogram.methods import CopyMessage, CopyMessages, ForwardMessage, ForwardMessages

from sandbox.bot_api import serializers
from sandbox.bot_api.context import BotContext
from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.formatting import caption_of
from sandbox.bot_api.markup import keyboard_of
from sandbox.bot_api.sending import new_group, reply_target
from sandbox.world import Message

Json = dict[str, Any]

MAX_PAGE = 100


async def copy_message(context: BotContext, request: CopyMessage) -> Json:
    """Copy one message; a given caption replaces that of a media message."""
    original = context.message(
        request.from_chat_id, request.message_id, "message to copy not found"
    )
    _must_be_content(original, "copied")
    person = context.recipient(request.chat_id)
    text, entities = original.text, original.entities
    if original.media and request.caption is not None:
        text, entities = caption_of(request.caption, request.parse_mode, request.caption_entities)
    buttons, extra = keyboard_of(request.reply_markup)
    sent = await context.world.send(
        context.bot.id,
        person.id,
        text=text,
        entities=entities,
        media=original.media,
        buttons=buttons,
        reply_to=reply_target(context, request),
        extra=extra | serializers.kept_extra(original),
    )
    return {"message_id": sent.id}


async def copy_messages(context: BotContext, request: CopyMessages) -> list[Json]:
    """Copy several messages, on request without their captions; albums stay albums."""
    originals = _many(context, request.from_chat_id, request.message_ids, "copy")
    person = context.recipient(request.chat_id)
    groups = _new_groups(originals)
    sent = [
        await context.world.send(
            context.bot.id,
            person.id,
            text="" if one.media and request.remove_caption else one.text,
            entities=() if one.media and request.remove_caption else one.entities,
            media=one.media,
            grouped_id=groups.get(one.grouped_id),
            extra=serializers.kept_extra(one),
        )
        for one in originals
    ]
    return [{"message_id": message.id} for message in sent]


async def forward_message(context: BotContext, request: ForwardMessage) -> Json:
    """Forward one message."""
    original = context.message(
        request.from_chat_id, request.message_id, "message to forward not found"
    )
    _must_be_content(original, "forwarded")
    person = context.recipient(request.chat_id)
    return context.serialize(await _forward(context, person.id, original, None))


async def forward_messages(context: BotContext, request: ForwardMessages) -> list[Json]:
    """Forward several messages; albums stay albums."""
    originals = _many(context, request.from_chat_id, request.message_ids, "forward")
    person = context.recipient(request.chat_id)
    groups = _new_groups(originals)
    sent = [
        await _forward(context, person.id, one, groups.get(one.grouped_id)) for one in originals
    ]
    return [{"message_id": message.id} for message in sent]


async def _forward(
    context: BotContext, person_id: int, original: Message, group: int | None
) -> Message:
    origin = original.extra.get("forward_origin") or serializers.forward_origin(
        context.world.people[original.sender_id], original.date
    )
    return await context.world.send(
        context.bot.id,
        person_id,
        text=original.text,
        entities=original.entities,
        media=original.media,
        grouped_id=group,
        extra={"forward_origin": origin} | serializers.kept_extra(original),
    )


def _many(context: BotContext, chat_id: int | str, ids: Sequence[int], what: str) -> list[Message]:
    """Return the messages of `ids` that exist, in order; raises `ApiError` for none."""
    if not 1 <= len(ids) <= MAX_PAGE:
        raise bad_request(f"from 1 to {MAX_PAGE} message identifiers are needed")
    if any(later <= earlier for earlier, later in itertools.pairwise(ids)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    person, box = context.chat(chat_id), context.world.boxes[context.bot.id]
    there = [box[one] for one in ids if one in box and box[one].service is None]
    found = [message for message in there if message.chat_id == person.id]
    if not found:
        raise bad_request(f"there are no messages to {what}")
    return found


def _new_groups(messages: Sequence[Message]) -> dict[int | None, int]:
    """Return a new album id for each album among the messages."""
    groups = dict.fromkeys(message.grouped_id for message in messages if message.grouped_id)
    return {group: new_group() for group in groups}


def _must_be_content(message: Message, done: str) -> None:
    if message.service is not None:
        raise bad_request(f"message can't be {done}")
