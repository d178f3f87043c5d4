"""The world in the page's JSON: rows of the list, a conversation's head, and messages.

Ids of files go as text, because they are wider than a number of JavaScript.
"""

from __future__ import annotations

from typing import Any

from sandbox.bot_api.formatting import with_found
from sandbox.web.layout import SERVICE_ID, Side, Stage
from sandbox.world import Button, Media, Message, PersonRecord, World

Json = dict[str, Any]

_PREVIEW = 120


def person(one: PersonRecord) -> Json:
    name = "Deleted account" if one.deleted else one.name
    return {
        "id": one.id,
        "name": name or str(one.id),
        "username": one.username,
        "phone": one.phone,
        "bot": one.is_bot,
    }


def row(stage: Stage, side: Side) -> Json:
    """One line of the list. `date` is Unix seconds, 0 before the first message."""
    world, (owner, chat) = stage.world, side
    group = stage.group(side)
    history = world.history(owner, chat)
    last = history[-1] if history else None
    shown = person(world.people[owner if group == "recipients" else chat])
    return {
        "owner": owner,
        "chat": chat,
        "group": group,
        "person": shown | ({"name": "Saved Messages"} if owner == chat else {}),
        "with": person(world.people[chat])["name"],
        "text": preview(last) if last else "",
        "out": bool(last and last.out),
        "date": last.date if last else 0,
        "order": last.uid if last else 0,
        "unread": _unread(world, side, history),
        "blocked": chat in world.people[owner].blocked,
    }


def _unread(world: World, side: Side, history: list[Message]) -> int:
    count = 0
    for message in reversed(history):
        if message.id <= world.inbox_read[side]:
            break
        count += not message.out
    return count


def preview(message: Message) -> str:
    if message.text:
        return " ".join(message.text[:_PREVIEW].split())
    if message.media:
        return {"photo": "Photo", "video": "Video"}.get(
            message.media.kind, message.media.file_name or "File"
        )
    if "service" in message.extra:
        return "Pinned a message"
    return "Contact" if {"contact", "users_shared"} & message.extra.keys() else ""


def head(stage: Stage, side: Side) -> Json:
    """What stands above a conversation, and what may be done in it."""
    world, (owner, chat) = stage.world, side
    return {
        "owner": person(world.people[owner]),
        "chat": person(world.people[chat]),
        "group": stage.group(side),
        "blocked": chat in world.people[owner].blocked,
        "may_write": chat != SERVICE_ID,
        "read": world.outbox_read[side],
        "seen": world.inbox_read[side],
    }


def message(world: World, one: Message) -> Json:
    """A copy as its owner sees it; what it does not have is left out."""
    full: Json = {
        "id": one.id,
        "out": one.out,
        "date": one.date,
        "text": one.text,
        "entities": [
            {"type": e.type, "offset": e.offset, "length": e.length}
            | ({"url": e.url} if e.url else {})
            | ({"language": e.language} if e.language else {})
            for e in with_found(one.text, one.entities)
        ],
        "media": _media(one.media) if one.media else None,
        "buttons": [[_button(button) for button in row] for row in one.buttons],
        "reply": _reply(world, one),
        "edited": one.edited_at,
        "pinned": one.pinned,
        "reactions": list(one.reactions),
        "forward": _origin(one.extra.get("forward_origin")),
        "contact": one.extra.get("contact"),
        "people": one.extra.get("users_shared"),
        "keyboard": one.extra.get("keyboard"),
        "service": one.extra.get("service"),
    }
    must = ("id", "out", "date", "text")
    return {name: value for name, value in full.items() if value or name in must}


def _media(media: Media) -> Json:
    return {
        "id": str(media.id),
        "kind": media.kind,
        "name": media.file_name or f"{media.kind}.{'jpg' if media.kind == 'photo' else 'bin'}",
        "size": len(media.data),
        "width": media.width,
        "height": media.height,
    }


def _button(button: Button) -> Json:
    shown = {
        "text": button.text,
        "data": button.callback_data,
        "url": button.url,
        "copy": button.copy_text,
        "style": button.style,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _reply(world: World, one: Message) -> Json | None:
    answered = world.boxes[one.owner_id].get(one.reply_to) if one.reply_to else None
    if answered is None:
        return None
    name = person(world.people[answered.sender_id])["name"]
    return {"id": answered.id, "name": name, "text": preview(answered)}


def _origin(origin: Any) -> str | None:
    if not isinstance(origin, dict) or "sender_user" not in origin:
        return None
    sender = origin["sender_user"]
    return " ".join(part for part in (sender["first_name"], sender.get("last_name")) if part)
