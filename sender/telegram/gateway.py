"""Turns a message into a raw request. No other module builds requests that send.

Telethon's own send methods draw a new random_id at each call, so a repeated call would send a
second message. Here a request carries the random_id that was frozen before.
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

SENDING_CALLS = frozenset({"SendMessageRequest", "SendMediaRequest"})

_PLAIN_ENTITIES = {
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
    """A message to send. `peer` None is the account's own Saved Messages."""

    peer: Peer | None
    content: Filled
    media: AccountMedia | None
    random_id: int


async def send(client: AccountClient, message: Message) -> Outcome:
    """Ask Telegram once to send the message, and return the outcome."""
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
    return await client.call(request, partial(_read_sent, message.random_id))


async def upload(client: AccountClient, media: Media) -> AccountMedia | Outcome:
    """Upload a file for the messages of this account; return its reference or why there is none."""
    uploaded = await client.upload(
        media.content, media.file_name or media.kind, partial(_uploaded, media)
    )
    if not isinstance(uploaded, types.InputMediaUploadedPhoto | types.InputMediaUploadedDocument):
        return uploaded
    request = functions.messages.UploadMediaRequest(peer=types.InputPeerSelf(), media=uploaded)
    return await client.call(request, partial(_read_media, media))


def _uploaded(media: Media, file: Any) -> Any:
    if media.kind == "photo":
        return types.InputMediaUploadedPhoto(file)
    name = types.DocumentAttributeFilename(media.file_name)
    return types.InputMediaUploadedDocument(
        file, mime_type=media.mime_type, attributes=[name], force_file=True
    )


def _read_media(media: Media, answer: Any) -> AccountMedia:
    file = answer.photo if media.kind == "photo" else answer.document
    return AccountMedia(media.id, media.kind, file.id, file.access_hash, file.file_reference)


def _read_sent(random_id: int, answer: Any) -> Outcome:
    """Return Sent with the message's id; Ambiguous when the answer has none.

    The first call of a text is answered by UpdateShortSentMessage; a file and a repeated call are
    answered by Updates.
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
    reference = (media.file_id, media.access_hash, media.file_reference)
    if media.kind == "photo":
        return types.InputMediaPhoto(types.InputPhoto(*reference))
    return types.InputMediaDocument(types.InputDocument(*reference))


def _entity(client: AccountClient, entity: Entity) -> Any:
    """Return the TL entity; None for one that is left out, as a mention of an unseen user."""
    place = (entity.offset, entity.length)
    if (plain := _PLAIN_ENTITIES.get(entity.type)) is not None:
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
