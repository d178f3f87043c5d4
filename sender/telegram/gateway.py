"""The only place where a message leaves: raw requests with our own random_id, and their answers.

Telethon's friendly methods draw a new random_id at each call, which makes two messages of one
retry; nothing but these requests may send.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeAlias

from telethon.tl import functions, types

from db.models.account import AccountMedia, Peer
from db.models.template import Entity, Filled, Media
from sender.outcome.outcome import Ambiguous, Outcome, Sent
from sender.telegram.translate import outcome_of_exception

Client: TypeAlias = Any  # Telethon carries no types

CALL_SECONDS = 30
UPLOAD_SECONDS = 300

_PLAIN = {
    "mention": types.MessageEntityMention,
    "hashtag": types.MessageEntityHashtag,
    "cashtag": types.MessageEntityCashtag,
    "bot_command": types.MessageEntityBotCommand,
    "url": types.MessageEntityUrl,
    "email": types.MessageEntityEmail,
    "phone_number": types.MessageEntityPhone,
    "bold": types.MessageEntityBold,
    "italic": types.MessageEntityItalic,
    "underline": types.MessageEntityUnderline,
    "strikethrough": types.MessageEntityStrike,
    "spoiler": types.MessageEntitySpoiler,
    "code": types.MessageEntityCode,
}


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out. `peer` None is the account's own Saved Messages."""

    peer: Peer | None
    content: Filled
    media: AccountMedia | None
    random_id: int


async def send(client: Client, message: Message) -> Outcome:
    """Ask Telegram once, for at most CALL_SECONDS, and say what came of it."""
    peer, text = _input_peer(message.peer), message.content.text
    entities = [tl for e in message.content.entities if (tl := _entity(client, e)) is not None]
    if message.media is None:
        request = functions.messages.SendMessageRequest(
            peer=peer, message=text, entities=entities, random_id=message.random_id
        )
    else:
        request = functions.messages.SendMediaRequest(
            peer=peer,
            media=_input_media(message.media),
            message=text,
            entities=entities,
            random_id=message.random_id,
        )
    answer = await ask(client, request, CALL_SECONDS)
    return _sent(answer.value, message.random_id) if isinstance(answer, Answer) else answer


async def upload(client: Client, media: Media) -> AccountMedia | Outcome:
    """Bring a file to Telegram once, so that every message can point at it."""
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            file = await client.upload_file(
                BytesIO(media.content), file_name=media.file_name or media.kind
            )
    except Exception as error:
        return outcome_of_exception(error)
    if media.kind == "photo":
        given: Any = types.InputMediaUploadedPhoto(file)
    else:
        name = types.DocumentAttributeFilename(media.file_name)
        given = types.InputMediaUploadedDocument(
            file, mime_type=media.mime_type, attributes=[name], force_file=True
        )
    request = functions.messages.UploadMediaRequest(peer=types.InputPeerSelf(), media=given)
    answer = await ask(client, request, CALL_SECONDS)
    if not isinstance(answer, Answer):
        return answer
    kept = answer.value.photo if media.kind == "photo" else answer.value.document
    return AccountMedia(media.id, media.kind, kept.id, kept.access_hash, kept.file_reference)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Telegram said to a call that went well: a TL object."""

    value: Any


async def ask(client: Client, request: Any, seconds: float) -> Answer | Outcome:
    """One call with a time limit of our own; Telethon knows none."""
    try:
        async with asyncio.timeout(seconds):
            return Answer(await client(request))
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise  # we are being stopped
        return Ambiguous("DISCONNECTED", client_failed=True)  # the client was closed under us
    except Exception as error:
        return outcome_of_exception(error)


def _sent(answer: Any, random_id: int) -> Outcome:
    """The message's id: a first text is answered shortly, media and repeats at length."""
    if isinstance(answer, types.UpdateShortSentMessage):
        return Sent(answer.id)
    updates = getattr(answer, "updates", [])
    for update in updates:
        if isinstance(update, types.UpdateMessageID) and update.random_id == random_id:
            return Sent(update.id)
    for update in updates:
        if isinstance(update, types.UpdateNewMessage | types.UpdateNewChannelMessage):
            return Sent(update.message.id)
    return Ambiguous("NO_MESSAGE_ID")


def _input_peer(peer: Peer | None) -> Any:
    match peer:
        case None:
            return types.InputPeerSelf()
        case Peer(kind="user"):
            return types.InputPeerUser(peer.peer_id, peer.access_hash)
        case Peer(kind="channel"):
            return types.InputPeerChannel(peer.peer_id, peer.access_hash)
        case _:
            return types.InputPeerChat(peer.peer_id)


def _input_media(media: AccountMedia) -> Any:
    place = (media.file_id, media.access_hash, media.file_reference)
    if media.kind == "photo":
        return types.InputMediaPhoto(types.InputPhoto(*place))
    return types.InputMediaDocument(types.InputDocument(*place))


def _entity(client: Client, entity: Entity) -> Any:
    """The TL entity; None for what this account cannot express (a mention of a stranger)."""
    place = (entity.offset, entity.length)
    if (plain := _PLAIN.get(entity.type)) is not None:
        return plain(*place)
    match entity.type:
        case "pre":
            return types.MessageEntityPre(*place, entity.language or "")
        case "blockquote" | "expandable_blockquote":
            collapsed = entity.type == "expandable_blockquote" or None
            return types.MessageEntityBlockquote(*place, collapsed=collapsed)
        case "text_link" if entity.url:
            return types.MessageEntityTextUrl(*place, entity.url)
        case "custom_emoji" if entity.custom_emoji_id:
            return types.MessageEntityCustomEmoji(*place, int(entity.custom_emoji_id))
        case "text_mention" if entity.user_id:
            return _mention(client, place, entity.user_id)
        case _:
            return None


def _mention(client: Client, place: tuple[int, int], user_id: int) -> Any:
    try:
        known = client.session.get_input_entity(types.PeerUser(user_id))
    except ValueError:
        return None
    user = types.InputUser(known.user_id, known.access_hash)
    return types.InputMessageEntityMentionName(*place, user)
