"""Acts for a person in a test: writes, sends files, presses buttons, reads, reacts, blocks."""

from __future__ import annotations

import mimetypes
from typing import Literal

from sandbox.bot_api.files import picture_size
from sandbox.bot_api.serializers import forward_origin, kept_extra
from sandbox.observer import NotReceived, Observer, Who
from sandbox.world import (
    SERVICE,
    Button,
    Entity,
    Media,
    Message,
    Service,
    pin_dialog,
    react,
    set_blocked,
)

__all__ = ["NotReceived", "Person", "Who"]


class Person(Observer):
    """`Person(world, id)` acts as that person and observes what they receive.

    `who` is always an id or a username. A message given or returned is this person's own copy.
    """

    # --- writing ------------------------------------------------------------

    async def say(
        self, who: Who, text: str, entities: tuple[Entity, ...] = (), date: int | None = None
    ) -> Message:
        """Send a text; return the message. `date` (Unix seconds) backdates it, see `World.send`."""
        return await self.world.send(
            self.id, self.forget(who), text=text, entities=entities, date=date
        )

    async def reply(self, message: Message, text: str) -> Message:
        """Send a text that replies to `message`; return the new message."""
        chat_id = self.forget(message.chat_id)
        return await self.world.send(self.id, chat_id, text=text, reply_to=message.id)

    async def send_file(
        self,
        who: Who,
        data: bytes,
        file_name: str,
        mime_type: str | None = None,
        caption: str = "",
    ) -> Message:
        """Send a document; without `mime_type` it is guessed from the name."""
        mime_type = mime_type or mimetypes.guess_type(file_name)[0] or "application/octet-stream"
        media = self.world.new_media("document", data, file_name=file_name, mime_type=mime_type)
        return await self._send_media(who, media, caption, ())

    async def send_photo(
        self, who: Who, data: bytes, caption: str = "", entities: tuple[Entity, ...] = ()
    ) -> Message:
        """Send a photo."""
        width, height = picture_size(data)
        media = self.world.new_media(
            "photo", data, mime_type="image/jpeg", width=width, height=height
        )
        return await self._send_media(who, media, caption, entities)

    async def _send_media(
        self, who: Who, media: Media, caption: str, entities: tuple[Entity, ...]
    ) -> Message:
        return await self.world.send(
            self.id, self.forget(who), text=caption, entities=entities, media=media
        )

    async def share_contact(
        self, who: Who, phone: str, first_name: str, last_name: str = ""
    ) -> Message:
        """Send a contact card; it carries the user id when the world knows the phone number."""
        contact: dict[str, object] = {"phone_number": phone, "first_name": first_name}
        if last_name:
            contact["last_name"] = last_name
        if (known := self.world.by_phone(phone)) is not None:
            contact["user_id"] = known.id
        return await self.world.send(self.id, self.forget(who), extra={"contact": contact})

    async def share_people(self, who: Who, request_id: int, people: list[int]) -> Message:
        """Answer a `request_users` button with these ids."""
        found = [self.world.people[self.find(one)] for one in people]
        users = [{"user_id": one.id, "first_name": one.first_name} for one in found]
        shared = {"request_id": request_id, "users": users}
        return await self.world.send(self.id, self.forget(who), extra={"users_shared": shared})

    async def announce(self, who: Who, service: Service) -> Message:
        """Put a service message into the conversation: this person joined, called, and so on.

        Raises `ValueError` for a bot, which receives no such messages.
        """
        chat_id = self.forget(who)
        if self.world.people[chat_id].is_bot:
            raise ValueError("A bot receives no such service message")
        return await self.world.send(self.id, chat_id, extra={SERVICE: service})

    async def forward(self, who: Who, message: Message) -> Message:
        """Forward one of this person's messages, with its original sender shown."""
        origin = message.extra.get("forward_origin") or forward_origin(
            self.world.people[message.sender_id], message.date
        )
        return await self.world.send(
            self.id,
            self.forget(who),
            text=message.text,
            entities=message.entities,
            media=message.media,
            extra={"forward_origin": origin} | kept_extra(message),
        )

    async def edit(self, message: Message, text: str, entities: tuple[Entity, ...] = ()) -> Message:
        """Change the text or caption of a message that this person sent; return the message.

        Raises `LookupError` for a message that is deleted, and `ValueError` for another person's
        message and for an edit that changes nothing. Telegram refuses both.
        """
        current = self.world.copy_of(message, self.id)
        if current is None:
            raise LookupError("That message is deleted: it cannot be edited")
        if current.sender_id != self.id:
            raise ValueError("Only one's own messages can be edited")
        if (current.text, current.entities) == (text, entities):
            raise ValueError("The message has this text already")
        await self.world.edit(current, text=text, entities=entities)
        return current

    # --- pressing -----------------------------------------------------------

    async def press(
        self, message: Message | None, label: str, *, who: Who | None = None, timeout: float = 30
    ) -> str | None:
        """Press the button whose text is, or else contains, `label`; return the bot's toast.

        Without a message it is the newest one that has the button, in the chat with `who` or in any
        chat. The toast is None when the bot's answer has no text. Raises `LookupError` with the
        buttons there are, and `NotReceived` when the bot does not answer within `timeout` seconds.
        """
        message, button = self._button(message, label, who)
        if button.callback_data is None:
            raise LookupError(f"{button.text!r} calls no one: it opens or copies something")
        return await self._press(message, button.callback_data, timeout)

    async def press_data(self, who: Who, data: str, *, timeout: float = 30) -> str | None:
        """Send callback data of no visible button, forged or stale; return the bot's toast."""
        chat_id = self.find(who)
        theirs = [m for m in self.world.history(self.id, chat_id) if not m.out]
        if not theirs:
            raise LookupError(f"{who!r} has written nothing that a button could be under")
        return await self._press(theirs[-1], data, timeout)

    async def _press(self, message: Message, data: str, timeout: float) -> str | None:
        self.forget(message.chat_id)
        query_id = await self.world.press(self.id, message, data)
        answer = await self.wait_for_answer(query_id, timeout)
        return answer.text

    def _button(
        self, message: Message | None, label: str, who: Who | None
    ) -> tuple[Message, Button]:
        box = self.world.boxes[self.id]
        if message is not None:
            if message.id not in box:
                raise LookupError("That message is deleted: no button of it can be pressed")
            looked = [box[message.id]]
        else:
            chat_id = self.find(who) if who is not None else None
            looked = [m for m in reversed(box.values()) if chat_id in (None, m.chat_id)]
        for candidate in looked:
            buttons = [button for row in candidate.buttons for button in row]
            exact = [button for button in buttons if button.text == label]
            for button in exact or [button for button in buttons if label in button.text]:
                return candidate, button
        there = [button.text for one in looked for row in one.buttons for button in row]
        raise LookupError(f"No button {label!r}; there are: {there}")

    # --- reading, reacting, blocking -----------------------------------------

    async def react(self, message: Message, *emojis: str) -> None:
        """Replace this person's reactions to a message with these emojis."""
        await react(self.world, self.id, self.world.boxes[self.id][message.id], emojis)

    async def read(self, who: Who) -> None:
        """Mark the whole conversation as read."""
        await self.world.read(self.id, self.find(who))

    def hand_over(self, who: Who, what: Literal["username", "phone"]) -> None:
        """Give up the username or the phone, and let `who` have it.

        Raises `ValueError` when this person has none.
        """
        self.world.hand_over(what, self.record, self.world.people[self.find(who)])

    def pin_dialog(self, who: Who) -> None:
        """Pin the conversation to the top of this person's list."""
        pin_dialog(self.world, self.id, self.find(who), True)

    def unpin_dialog(self, who: Who) -> None:
        """Unpin the conversation."""
        pin_dialog(self.world, self.id, self.find(who), False)

    def block(self, who: Who) -> None:
        """Block `who`."""
        set_blocked(self.world, self.id, self.find(who), True)

    def unblock(self, who: Who) -> None:
        """Unblock `who`."""
        set_blocked(self.world, self.id, self.find(who), False)
