"""People and messages as the Bot API's JSON, as one bot sees them."""

from __future__ import annotations

import time
from typing import Any

from sandbox.bot_api.files import Files
from sandbox.bot_api.formatting import with_detected
from sandbox.world import Button, Entity, Message, PersonRecord, Service, World

Json = dict[str, Any]

PINNED: Service = "pinned_message"
_PASSED_ON = ("contact", "users_shared", "forward_origin")


def user(person: PersonRecord) -> Json:
    """Return the Bot API's `User`."""
    return _given(
        id=person.id,
        is_bot=person.is_bot,
        first_name=person.first_name or "Deleted Account",
        last_name=person.last_name or None,
        username=person.username,
        language_code=None if person.is_bot else person.language,
    )


def chat(person: PersonRecord) -> Json:
    """Return the Bot API's `Chat` of a private chat."""
    return _given(
        id=person.id,
        type="private",
        first_name=person.first_name,
        last_name=person.last_name or None,
        username=person.username,
    )


def message(world: World, files: Files, shown: Message, *, nested: bool = False) -> Json:
    """Return the Bot API's `Message` for the bot's own copy.

    `nested` omits the message that it replies to, as Telegram does.
    """
    people = world.people
    result = _given(
        message_id=shown.id,
        date=shown.date,
        chat=chat(people[shown.chat_id]),
        edit_date=shown.edited_at,
        media_group_id=str(shown.grouped_id) if shown.grouped_id else None,
        reply_markup=keyboard_json(shown.buttons) if shown.buttons else None,
        **{"from": user(people[shown.sender_id])},
    )
    if shown.service == PINNED:
        return result | {PINNED: _pinned(world, files, shown)}
    result |= {name: shown.extra[name] for name in _PASSED_ON if name in shown.extra}
    entities = [entity(world, one) for one in with_detected(shown.text, shown.entities)]
    if shown.media:
        kind = shown.media.kind
        result[kind] = _media(files, shown)
        result |= _given(caption=shown.text or None, caption_entities=entities or None)
    else:
        result |= _given(text=shown.text or None, entities=entities or None)
    replied = world.boxes[shown.owner_id].get(shown.reply_to) if shown.reply_to else None
    if replied is not None and not nested:
        result["reply_to_message"] = message(world, files, replied, nested=True)
    return result


def _pinned(world: World, files: Files, note: Message) -> Json:
    """Return the message that a service message announces as pinned.

    Of a deleted message only the id is left, with the date 0.
    """
    pinned = world.boxes[note.owner_id].get(note.reply_to or 0)
    if pinned is None:
        gone = {"message_id": note.reply_to or 0, "date": 0}
        return gone | {"chat": chat(world.people[note.chat_id])}
    return message(world, files, pinned, nested=True)


def membership(bot: PersonRecord, person: PersonRecord, blocked: bool) -> Json:
    """Return my_chat_member of a private chat: the person blocked or unblocked the bot."""
    inside: Json = {"status": "member", "user": user(bot)}
    outside: Json = {"status": "kicked", "user": user(bot), "until_date": 0}
    return {
        "chat": chat(person),
        "from": user(person),
        "date": int(time.time()),
        "old_chat_member": inside if blocked else outside,
        "new_chat_member": outside if blocked else inside,
    }


def reaction(
    person: PersonRecord, shown: Message, before: tuple[str, ...], after: tuple[str, ...]
) -> Json:
    """Return the update message_reaction: a person's emojis under a message, before and after."""
    return {
        "chat": chat(person),
        "message_id": shown.id,
        "user": user(person),
        "date": int(time.time()),
        "old_reaction": [{"type": "emoji", "emoji": one} for one in before],
        "new_reaction": [{"type": "emoji", "emoji": one} for one in after],
    }


def entity(world: World, one: Entity) -> Json:
    """Return the Bot API's `MessageEntity`."""
    mentioned = world.people.get(one.user_id) if one.user_id else None
    return _given(
        type=one.type,
        offset=one.offset,
        length=one.length,
        url=one.url,
        user=user(mentioned) if mentioned else None,
        language=one.language,
        custom_emoji_id=one.custom_emoji_id,
    )


def keyboard_json(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any]:
    """Return the Bot API's `InlineKeyboardMarkup`."""
    return {"inline_keyboard": [[_button_json(button) for button in row] for row in rows]}


def _button_json(button: Button) -> dict[str, Any]:
    return _given(
        text=button.text,
        callback_data=button.callback_data,
        url=button.url,
        style=button.style,
        copy_text={"text": button.copy_text} if button.copy_text else None,
    )


def _media(files: Files, shown: Message) -> Json | list[Json]:
    media = shown.media
    assert media is not None
    if media.kind == "photo":
        return files.photo_sizes(media)
    described = {
        **files.describe(media),
        **_given(file_name=media.file_name or None, mime_type=media.mime_type),
    }
    if media.kind == "video":
        described |= {"width": media.width, "height": media.height, "duration": 0}
    return described


def forward_origin(sender: PersonRecord, date: int) -> Json:
    """Return the Bot API's `MessageOriginUser`; `date` is in Unix seconds."""
    return {"type": "user", "date": date, "sender_user": user(sender)}


def kept_extra(original: Message) -> Json:
    """Return the part of a message's `extra` that a copy or a forward keeps."""
    return {"contact": original.extra["contact"]} if "contact" in original.extra else {}


def _given(**values: Any) -> Json:
    return {name: value for name, value in values.items() if value is not None}
