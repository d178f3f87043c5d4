"""Methods that change, take away or mark messages that are there already."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    DeleteMessage,
    DeleteMessages,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    PinChatMessage,
    SetMessageReaction,
    UnpinAllChatMessages,
    UnpinChatMessage,
)
from aiogram.types import InlineKeyboardMarkup, InputMedia

from sandbox.bot_api import render
from sandbox.bot_api.desk import Desk
from sandbox.bot_api.formatting import caption_of, text_of
from sandbox.bot_api.markup import rows_of
from sandbox.bot_api.refusals import NOT_MODIFIED, bad_request
from sandbox.bot_api.sending import kind_of, media_of
from sandbox.world import Message, react

Json = dict[str, Any]
Edit = EditMessageText | EditMessageCaption | EditMessageMedia | EditMessageReplyMarkup


def _own(desk: Desk, ask: Edit) -> Message:
    found = desk.message(ask.chat_id, ask.message_id, "message to edit not found")
    if not found.out or {"keyboard", render.SERVICE} & found.extra.keys():
        raise bad_request("message can't be edited")
    return found


async def _changed(
    desk: Desk, message: Message, markup: InlineKeyboardMarkup | None, **changes: Any
) -> Json:
    """Edit and answer; a keyboard that is not given again is gone, as on the real server."""
    changes["buttons"] = rows_of(markup)
    if all(getattr(message, name) == value for name, value in changes.items()):
        raise bad_request(NOT_MODIFIED)
    await desk.world.edit(message, **changes)
    return desk.show(message)


async def edit_message_text(desk: Desk, ask: EditMessageText) -> Json:
    message = _own(desk, ask)
    text, entities = text_of(ask.text, ask.parse_mode, ask.entities)
    if message.media:
        raise bad_request("there is no text in the message to edit")
    return await _changed(desk, message, ask.reply_markup, text=text, entities=entities)


async def edit_message_caption(desk: Desk, ask: EditMessageCaption) -> Json:
    message = _own(desk, ask)
    text, entities = caption_of(ask.caption, ask.parse_mode, ask.caption_entities)
    if not message.media:
        raise bad_request("there is no caption in the message to edit")
    return await _changed(desk, message, ask.reply_markup, text=text, entities=entities)


async def edit_message_media(desk: Desk, ask: EditMessageMedia) -> Json:
    message = _own(desk, ask)
    given = ask.media
    assert isinstance(given, InputMedia)
    media = media_of(desk, kind_of(given), given.media)
    text, entities = caption_of(given.caption, given.parse_mode, given.caption_entities)
    return await _changed(
        desk, message, ask.reply_markup, text=text, entities=entities, media=media
    )


async def edit_message_reply_markup(desk: Desk, ask: EditMessageReplyMarkup) -> Json:
    return await _changed(desk, _own(desk, ask), ask.reply_markup)


async def delete_message(desk: Desk, ask: DeleteMessage) -> bool:
    message = desk.message(ask.chat_id, ask.message_id, "message to delete not found")
    await desk.world.delete(message)
    return True


async def delete_messages(desk: Desk, ask: DeleteMessages) -> bool:
    """Those that are not there are passed over in silence, as on the real server."""
    person = desk.chat(ask.chat_id)
    box = desk.world.boxes[desk.bot.id]
    for message in [box[one] for one in ask.message_ids if one in box]:
        if message.chat_id == person.id:
            await desk.world.delete(message)
    return True


async def set_message_reaction(desk: Desk, ask: SetMessageReaction) -> bool:
    message = desk.message(ask.chat_id, ask.message_id, "message to react not found")
    reactions = tuple(getattr(one, "emoji", "") for one in ask.reaction or ())
    if "" in reactions or len(reactions) > 1:
        raise bad_request("REACTION_INVALID")
    await react(desk.world, desk.bot.id, message, reactions)
    return True


async def pin_chat_message(desk: Desk, ask: PinChatMessage) -> bool:
    """A note of it comes to both sides; one that is pinned already stays as it is."""
    message = desk.message(ask.chat_id, ask.message_id, "message to pin not found")
    if not message.pinned:
        await desk.world.mark(message, pinned=True)
        note = {render.SERVICE: render.PINNED}
        await desk.world.send(desk.bot.id, message.chat_id, reply_to=message.id, extra=note)
    return True


async def unpin_chat_message(desk: Desk, ask: UnpinChatMessage) -> bool:
    """Without a message id, the pinned message that is newest."""
    if ask.message_id is not None:
        message = desk.message(ask.chat_id, ask.message_id, "message to unpin not found")
        await desk.world.mark(message, pinned=False)
        return True
    for message in _pinned(desk, ask.chat_id)[-1:]:
        await desk.world.mark(message, pinned=False)
    return True


async def unpin_all_chat_messages(desk: Desk, ask: UnpinAllChatMessages) -> bool:
    for message in _pinned(desk, ask.chat_id):
        await desk.world.mark(message, pinned=False)
    return True


def _pinned(desk: Desk, chat_id: int | str) -> list[Message]:
    return [m for m in desk.world.history(desk.bot.id, desk.chat(chat_id).id) if m.pinned]
