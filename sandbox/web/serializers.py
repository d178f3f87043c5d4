"""The world as the page's JSON: the layout, rows of the list, a conversation's head, messages.

Ids of files are strings, because they exceed the safe integers of JavaScript.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox.bot_api.formatting import with_detected
from sandbox.web.layout import SERVICE_ID, Layout, Side
from sandbox.world import Button, Media, Message, PersonRecord, Service, World

Json = dict[str, Any]

_PREVIEW = 120
SERVICES: dict[Service, str] = {
    "pinned_message": "Pinned a message",
    "contact_sign_up": "Joined Telegram",
    "phone_call": "Missed call",
    "screenshot_taken": "Took a screenshot",
}


def person(one: PersonRecord) -> Json:
    name = "Deleted account" if one.deleted else one.name
    return {
        "id": one.id,
        "name": name or str(one.id),
        "username": one.username,
        "phone": one.phone,
        "bot": one.is_bot,
    }


def layout(shown: Layout) -> Json:
    """Return the part of a page's first frame that describes the page."""
    owner, chat = shown.home
    return {
        "home": {"owner": owner, "chat": chat},
        "sections": [
            {"key": one.key, "title": one.title, "phone": one.phone, "empty": one.empty}
            for one in shown.sections
        ],
        "texts": asdict(shown.texts),
        "verbatim": shown.verbatim,
    }


def _account(layout: Layout, one: PersonRecord) -> Json:
    """Return a person with the role that the layout gives them; `role` is null without one."""
    role = layout.roles.get(one.id)
    return person(one) | {"role": asdict(role) if role else None}


def row(layout: Layout, side: Side) -> Json:
    """Return one row of the list. `date` is in Unix seconds, 0 before the first message."""
    world, (owner, chat) = layout.world, side
    section = layout.section(side)
    assert section is not None
    history = world.history(owner, chat)
    last = history[-1] if history else None
    shown = person(world.people[owner if section.phone else chat])
    return {
        "owner": owner,
        "chat": chat,
        "section": section.key,
        "person": shown | ({"name": "Saved Messages"} if owner == chat else {}),
        "with": person(world.people[chat])["name"] if section.names_chat else None,
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
    """Return one line that stands for a message in the list and in a quotation."""
    if message.text:
        return " ".join(message.text[:_PREVIEW].split())
    if message.media:
        return {"photo": "Photo", "video": "Video"}.get(
            message.media.kind, message.media.file_name or "File"
        )
    if message.service is not None:
        return SERVICES[message.service]
    return "Contact" if {"contact", "users_shared"} & message.extra.keys() else ""


def head(layout: Layout, side: Side) -> Json:
    """Return what stands above a conversation, and what may be done in it.

    `read` and `seen` are the last message ids that the other side and the owner have read.
    """
    world, (owner, chat) = layout.world, side
    section = layout.section(side)
    return {
        "owner": _account(layout, world.people[owner]),
        "chat": _account(layout, world.people[chat]),
        "you": owner == layout.home[0],
        "phone": section is not None and section.phone,
        "quick_replies": section.quick_replies if section else (),
        "blocked": chat in world.people[owner].blocked,
        "may_write": chat != SERVICE_ID,
        "read": world.outbox_read[side],
        "seen": world.inbox_read[side],
    }


def message(world: World, one: Message) -> Json:
    """Return a message as its owner sees it, without the fields that are empty."""
    full: Json = {
        "id": one.id,
        "out": one.out,
        "date": one.date,
        "text": one.text,
        "entities": [
            {"type": e.type, "offset": e.offset, "length": e.length}
            | ({"url": e.url} if e.url else {})
            | ({"language": e.language} if e.language else {})
            for e in with_detected(one.text, one.entities)
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
        "service": SERVICES[one.service] if one.service else None,
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
