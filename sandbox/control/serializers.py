"""People, chats, messages and fault scripts as the control server's JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox.faults import Script
from sandbox.world import ChatRecord, Message, PersonRecord

Json = dict[str, Any]


def person(one: PersonRecord) -> Json:
    return asdict(one) | {"blocked": sorted(one.blocked), "contacts": sorted(one.contacts)}


def chat(one: ChatRecord) -> Json:
    return asdict(one) | {"banned": sorted(one.banned), "allowed": sorted(one.allowed)}


def message(one: Message) -> Json:
    """Return a message as its owner sees it.

    `date` and `edited_at` are in Unix seconds; `/media/{media.id}` serves the bytes.
    """
    media = one.media
    return {
        "id": one.id,
        "chat": one.chat_id,
        "from": one.sender_id,
        "out": one.out,
        "date": one.date,
        "edited_at": one.edited_at,
        "text": one.text,
        "entities": [_given(asdict(entity)) for entity in one.entities],
        "media": media
        and {
            "id": media.id,
            "kind": media.kind,
            "file_name": media.file_name,
            "mime_type": media.mime_type,
            "size": len(media.data),
        },
        "buttons": [[_given(asdict(button)) for button in row] for row in one.buttons],
        "reply_to": one.reply_to,
        "grouped_id": one.grouped_id,
        "random_id": one.random_id,
        "pinned": one.pinned,
        "reactions": list(one.reactions),
        "extra": one.extra,
    }


def script(number: int, one: Script) -> Json:
    where = {
        "methods": sorted(one.methods) if one.methods is not None else None,
        "account": one.account,
        "recipient": one.recipient,
        "count": one.count,
        "share": one.share,
    }
    fault = {"fault": type(one.fault).__name__, **asdict(one.fault)}
    return {"id": number, **fault, **where, "times_hit": one.times_hit, "spent": one.spent}


def _given(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}
