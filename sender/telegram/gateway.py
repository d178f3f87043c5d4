"""How a message becomes a request: the only module that builds requests which send.

Telethon's own send methods draw a new random_id at each call, which makes two messages of one
retry. Here every request carries the random_id that was written down before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from telethon.tl import functions, types

from db.models.account import AccountMedia, Peer
from db.models.template import Entity, Filled, Media
from sender.outcome.outcome import Ambiguous, Outcome, Sent
from sender.telegram.account_client import AccountClient

MESSAGES = frozenset({"SendMessageRequest", "SendMediaRequest"})  # the calls that send

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
    """What is sent. `peer` None is the account's own Saved Messages."""

    peer: Peer | None
    content: Filled
    media: AccountMedia | None
    random_id: int


async def send(client: AccountClient, message: Message) -> Outcome:
    """Ask Telegram once to send the message."""
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
    return await client.call(request, partial(_sent, message.random_id))


async def upload(client: AccountClient, media: Media) -> AccountMedia | Outcome:
    """Upload a file once, so that every message of the account can refer to it."""
    given = await client.upload(
        media.content, media.file_name or media.kind, partial(_given, media)
    )
    if not isinstance(given, types.InputMediaUploadedPhoto | types.InputMediaUploadedDocument):
        return given
    request = functions.messages.UploadMediaRequest(peer=types.InputPeerSelf(), media=given)
    return await client.call(request, partial(_kept, media))


def _given(media: Media, file: Any) -> Any:
    if media.kind == "photo":
        return types.InputMediaUploadedPhoto(file)
    name = types.DocumentAttributeFilename(media.file_name)
    return types.InputMediaUploadedDocument(
        file, mime_type=media.mime_type, attributes=[name], force_file=True
    )


def _kept(media: Media, answer: Any) -> AccountMedia:
    kept = answer.photo if media.kind == "photo" else answer.document
    return AccountMedia(media.id, media.kind, kept.id, kept.access_hash, kept.file_reference)


def _sent(random_id: int, answer: Any) -> Outcome:
    """Read the message's id.

    A first text is answered by UpdateShortSentMessage, media and repeats by Updates.
    """
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


def _entity(client: AccountClient, entity: Entity) -> Any:
    """Return the TL entity; None for what the account cannot express (a mention of a stranger)."""
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


def _mention(client: AccountClient, place: tuple[int, int], user_id: int) -> Any:
    if (known := client.known_user(user_id)) is None:
        return None
    return types.InputMessageEntityMentionName(*place, types.InputUser(*known))
