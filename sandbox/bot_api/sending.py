"""Methods that send new messages."""

from __future__ import annotations

import itertools
import mimetypes
from typing import Any, Literal

from aiogram.enums import ChatAction
from aiogram.methods import (
    SendChatAction,
    SendDocument,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendVideo,
    TelegramMethod,
)
from aiogram.types import BufferedInputFile, InputFile, InputMedia

from sandbox.bot_api.context import BotContext
from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.files import picture_size
from sandbox.bot_api.formatting import caption_of, text_of
from sandbox.bot_api.markup import keyboard_of
from sandbox.world import Media

Json = dict[str, Any]
Kind = Literal["photo", "document", "video"]

_ACTIONS = frozenset(ChatAction)
_groups = itertools.count(13_000_000_000_000_000)


def new_group() -> int:
    """Return the id of a new album."""
    return next(_groups)


def media_of(context: BotContext, kind: Kind, given: str | InputFile) -> Media:
    """Return the uploaded file, or the known file of a `file_id`; raises `ApiError`."""
    if not isinstance(given, BufferedInputFile):
        known = context.files.find(str(given))
        if known is None or known.kind != kind:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known
    if not given.data:
        raise bad_request("file must be non-empty")
    name = given.filename or kind
    width, height = (0, 0) if kind == "document" else picture_size(given.data)
    return context.world.new_media(
        kind,
        given.data,
        file_name="" if kind == "photo" else name,
        mime_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        width=width,
        height=height,
    )


def reply_target(context: BotContext, request: TelegramMethod[Any]) -> int | None:
    """Return the id of the message that this one replies to; None for no reply.

    Raises `ApiError` when the message does not exist and the request does not allow that.
    """
    parameters = getattr(request, "reply_parameters", None)
    wanted = parameters.message_id if parameters else getattr(request, "reply_to_message_id", None)
    if wanted is None or wanted in context.world.boxes[context.bot.id]:
        return wanted
    lenient = parameters.allow_sending_without_reply if parameters else None
    if lenient is True or getattr(request, "allow_sending_without_reply", None) is True:
        return None
    raise bad_request("message to be replied not found")


async def send_message(context: BotContext, request: SendMessage) -> Json:
    person = context.recipient(request.chat_id)
    text, entities = text_of(request.text, request.parse_mode, request.entities)
    buttons, extra = keyboard_of(request.reply_markup)
    sent = await context.world.send(
        context.bot.id,
        person.id,
        text=text,
        entities=entities,
        buttons=buttons,
        reply_to=reply_target(context, request),
        extra=extra,
    )
    return context.serialize(sent)


async def send_photo(context: BotContext, request: SendPhoto) -> Json:
    return await _send_media(context, request, "photo", request.photo)


async def send_document(context: BotContext, request: SendDocument) -> Json:
    return await _send_media(context, request, "document", request.document)


async def send_video(context: BotContext, request: SendVideo) -> Json:
    return await _send_media(context, request, "video", request.video)


async def _send_media(
    context: BotContext,
    request: SendPhoto | SendDocument | SendVideo,
    kind: Kind,
    given: str | InputFile,
) -> Json:
    person = context.recipient(request.chat_id)
    caption, entities = caption_of(request.caption, request.parse_mode, request.caption_entities)
    buttons, extra = keyboard_of(request.reply_markup)
    sent = await context.world.send(
        context.bot.id,
        person.id,
        text=caption,
        entities=entities,
        media=media_of(context, kind, given),
        buttons=buttons,
        reply_to=reply_target(context, request),
        extra=extra,
    )
    return context.serialize(sent)


async def send_media_group(context: BotContext, request: SendMediaGroup) -> list[Json]:
    person = context.recipient(request.chat_id)
    if not 2 <= len(request.media) <= 10:
        raise bad_request("group send failed: an album has 2 to 10 items")
    reply_to, group = reply_target(context, request), new_group()
    items = [(kind_of(item), item) for item in request.media]
    if len({kind == "document" for kind, _ in items}) > 1:
        raise bad_request("document can't be mixed with other media types")
    ready = [
        (
            media_of(context, kind, item.media),
            caption_of(item.caption, item.parse_mode, item.caption_entities),
        )
        for kind, item in items
    ]
    sent = [
        await context.world.send(
            context.bot.id,
            person.id,
            text=caption,
            entities=entities,
            media=media,
            reply_to=reply_to,
            grouped_id=group,
        )
        for media, (caption, entities) in ready
    ]
    return [context.serialize(message) for message in sent]


def kind_of(item: InputMedia) -> Kind:
    """Return the kind of an item of an album; raises `ApiError` for one that is not implemented."""
    match getattr(item, "type", ""):
        case "photo":
            return "photo"
        case "document":
            return "document"
        case "video":
            return "video"
        case other:
            raise bad_request(f"the sandbox does not keep such a file: {other}")


async def send_chat_action(context: BotContext, request: SendChatAction) -> bool:
    if request.action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    context.recipient(request.chat_id)
    return True
