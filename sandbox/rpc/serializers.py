"""The world's objects as TL, and TL entities as the world's."""

from __future__ import annotations

import time
from typing import Any

from telethon.tl import types

from sandbox.mtproto import refuse
from sandbox.rpc.context import DC_ID, Context
from sandbox.rpc.peers import peer
from sandbox.world import Entity, Media, Message, Service

PLAIN_ENTITIES = {
    "bold": types.MessageEntityBold,
    "italic": types.MessageEntityItalic,
    "underline": types.MessageEntityUnderline,
    "strikethrough": types.MessageEntityStrike,
    "spoiler": types.MessageEntitySpoiler,
    "code": types.MessageEntityCode,
    "mention": types.MessageEntityMention,
    "hashtag": types.MessageEntityHashtag,
    "cashtag": types.MessageEntityCashtag,
    "bot_command": types.MessageEntityBotCommand,
    "url": types.MessageEntityUrl,
    "email": types.MessageEntityEmail,
    "phone_number": types.MessageEntityPhone,
    "bank_card": types.MessageEntityBankCard,
}
PLAIN_NAMES = {shape: name for name, shape in PLAIN_ENTITIES.items()}


def units(text: str) -> int:
    """Return the length in UTF-16 units, in which Telegram counts text."""
    return len(text.encode("utf-16-le")) // 2


def read_entity(context: Context, viewer: int, entity: Any) -> Entity | None:
    """Return a client's entity; None for kinds that the server drops."""
    where = (entity.offset, entity.length)
    if (name := PLAIN_NAMES.get(type(entity))) is not None:
        return Entity(name, *where)
    match entity:
        case types.MessageEntityPre():
            return Entity("pre", *where, language=entity.language or None)
        case types.MessageEntityTextUrl():
            return Entity("text_link", *where, url=entity.url)
        case types.MessageEntityBlockquote():
            return Entity("expandable_blockquote" if entity.collapsed else "blockquote", *where)
        case types.MessageEntityCustomEmoji():
            return Entity("custom_emoji", *where, custom_emoji_id=str(entity.document_id))
        case types.InputMessageEntityMentionName():
            person = context.peers.resolve(viewer, entity.user_id)
            return Entity("text_mention", *where, user_id=person.id)
        case types.MessageEntityMentionName():
            return Entity("text_mention", *where, user_id=entity.user_id)
    return None


def read_entities(context: Context, viewer: int, text: str, entities: Any) -> tuple[Entity, ...]:
    """Return all entities, sorted; 400 ENTITY_BOUNDS_INVALID for one outside the text."""
    end = units(text)
    read = [read_entity(context, viewer, entity) for entity in entities or ()]
    known = [entity for entity in read if entity is not None]
    if any(e.offset < 0 or e.length < 1 or e.offset + e.length > end for e in known):
        raise refuse("ENTITY_BOUNDS_INVALID")
    return tuple(sorted(known, key=lambda e: (e.offset, -e.length)))


def entity(e: Entity) -> Any:
    match e.type:
        case "pre":
            return types.MessageEntityPre(e.offset, e.length, e.language or "")
        case "text_link":
            return types.MessageEntityTextUrl(e.offset, e.length, e.url or "")
        case "blockquote" | "expandable_blockquote":
            collapsed = e.type == "expandable_blockquote"
            return types.MessageEntityBlockquote(e.offset, e.length, collapsed=collapsed)
        case "custom_emoji":
            return types.MessageEntityCustomEmoji(e.offset, e.length, int(e.custom_emoji_id or 0))
        case "text_mention":
            return types.MessageEntityMentionName(e.offset, e.length, e.user_id or 0)
    return PLAIN_ENTITIES.get(e.type, types.MessageEntityUnknown)(e.offset, e.length)


def entities(message: Message) -> list[Any] | None:
    return [entity(e) for e in message.entities] or None


def media(context: Context, viewer: int, m: Media, date: int) -> Any:
    """Return a MessageMedia with a file reference for this viewer; `date` is in Unix seconds."""
    access_hash = context.peers.access_hash(viewer, m.id)
    reference = context.references.issue(viewer, m.id)
    if m.kind == "photo":
        size = types.PhotoSize("x", m.width, m.height, len(m.data))
        photo = types.Photo(m.id, access_hash, reference, date, [size], DC_ID)
        return types.MessageMediaPhoto(photo=photo)
    attributes: list[Any] = [types.DocumentAttributeFilename(m.file_name)] if m.file_name else []
    if m.kind == "video":
        video = types.DocumentAttributeVideo(m.duration, m.width, m.height, supports_streaming=True)
        attributes.append(video)
    document = types.Document(
        m.id, access_hash, reference, date, m.mime_type, len(m.data), DC_ID, attributes
    )
    return types.MessageMediaDocument(document=document, video=m.kind == "video" or None)


def action(service: Service, call_id: int) -> Any:
    """Return the MessageAction of a service message."""
    match service:
        case "pinned_message":
            return types.MessageActionPinMessage()
        case "contact_sign_up":
            return types.MessageActionContactSignUp()
        case "screenshot_taken":
            return types.MessageActionScreenshotTaken()
        case "phone_call":
            missed = types.PhoneCallDiscardReasonMissed()
            return types.MessageActionPhoneCall(call_id, reason=missed)


def message(context: Context, viewer: int, m: Message) -> Any:
    """Return a message as this person's clients receive it.

    It is a Message or a MessageService. A reaction sets `edit_date` as an edit does, and
    `edit_hide`, so that clients show no edit.
    """
    out = m.sender_id == viewer
    signed = m.chat_id < 0 or out
    head: dict[str, Any] = {
        "id": m.id,
        "peer_id": peer(m.chat_id),
        "from_id": peer(m.sender_id) if signed and not is_post(context, m) else None,
        "out": out,
        "post": is_post(context, m),
        "date": m.date,
        "reply_to": types.MessageReplyHeader(reply_to_msg_id=m.reply_to) if m.reply_to else None,
    }
    if m.service is not None:
        return types.MessageService(**head, action=action(m.service, m.uid))
    return types.Message(
        **head,
        message=m.text,
        entities=entities(m),
        media=media(context, viewer, m.media, m.date) if m.media else None,
        grouped_id=m.grouped_id,
        edit_date=m.edited_at or m.reacted_at,
        edit_hide=m.edited_at is None and m.reacted_at is not None,
        pinned=m.pinned,
    )


def is_post(context: Context, m: Message) -> bool:
    """Return whether a broadcast channel signs the message, not its author."""
    return m.chat_id < 0 and context.world.chat_records[m.chat_id].kind == "channel"


def peer_ids(context: Context, m: Message) -> set[int]:
    """Return the ids of the people and chats that a message refers to."""
    return {m.chat_id} if is_post(context, m) else {m.chat_id, m.sender_id}


def bundle(context: Context, viewer: int, updates: list[Any], ids: set[int]) -> Any:
    """Return `Updates` without a sequence number, with the people and chats they refer to."""
    return types.Updates(
        updates=updates, **context.peers.users_and_chats(viewer, ids), date=int(time.time()), seq=0
    )
