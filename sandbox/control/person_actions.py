"""Actions as one person: each public method is served as `POST /people/{who}/{method}`."""

from __future__ import annotations

from typing import Any, Literal

from sandbox.control import serializers
from sandbox.control.errors import RequestError
from sandbox.observer import Who
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.world import Message, Service

Json = dict[str, Any]


class PersonActions:
    """`to` and `chat` are an id or a username; `message` is an id as this person sees it."""

    def __init__(self, sandbox: Sandbox, person_id: int) -> None:
        self._sandbox = sandbox
        self._id = person_id

    @property
    def _person(self) -> Person:
        return self._sandbox.person(self._id)

    # --- writing ------------------------------------------------------------

    async def say(
        self, to: Who, text: str, reply_to: int | None = None, date: int | None = None
    ) -> Json:
        """Send a text, `date` in Unix seconds; the message. A reply has no date of its own."""
        if reply_to is None:
            return serializers.message(await self._person.say(to, text, date=date))
        return serializers.message(await self._person.reply(self._message(reply_to), text))

    async def edit(self, message: int, text: str) -> Json:
        """Edit a message of one's own; the message."""
        return serializers.message(await self._person.edit(self._message(message), text))

    async def announce(self, to: Who, service: Service) -> Json:
        """Put a service message into the conversation; the message."""
        return serializers.message(await self._person.announce(to, service))

    async def forward(self, to: Who, message: int) -> Json:
        """Forward a message; the new one."""
        return serializers.message(await self._person.forward(to, self._message(message)))

    async def share_contact(
        self, to: Who, phone: str, first_name: str, last_name: str = ""
    ) -> Json:
        """Send a contact card; the message."""
        sent = await self._person.share_contact(to, phone, first_name, last_name)
        return serializers.message(sent)

    async def share_people(self, to: Who, request_id: int, people: list[int]) -> Json:
        """Answer a bot's request_users button; the message."""
        return serializers.message(await self._person.share_people(to, request_id, people))

    # --- pressing and waiting -----------------------------------------------

    async def press(
        self, label: str, message: int | None = None, chat: Who | None = None, timeout: float = 30
    ) -> Json:
        """Press the newest button with this text, or the one under a message; the bot's toast."""
        under = self._message(message) if message is not None else None
        return {"toast": await self._person.press(under, label, who=chat, timeout=timeout)}

    async def press_data(self, chat: Who, data: str, timeout: float = 30) -> Json:
        """Send callback data of no visible button; the bot's toast."""
        return {"toast": await self._person.press_data(chat, data, timeout=timeout)}

    async def wait_for(self, chat: Who, text: str, after: int = 0, timeout: float = 30) -> Json:
        """Wait for a message with this text and a greater id than `after`; the message."""
        actor, found = self._person, list[Message]()

        def there() -> bool:
            found[:] = [
                m for m in actor.history(chat) if not m.out and m.id > after and text in m.text
            ]
            return bool(found)

        await actor.wait_until(there, timeout)
        return serializers.message(found[0])

    # --- reading, reacting, blocking -----------------------------------------

    async def read(self, chat: Who) -> None:
        """Mark a chat as read."""
        await self._person.read(chat)

    async def react(self, message: int, emojis: list[str]) -> None:
        """Replace one's reactions to a message."""
        await self._person.react(self._message(message), *emojis)

    async def pin_dialog(self, chat: Who) -> None:
        """Pin a chat to the top of one's list."""
        self._person.pin_dialog(chat)

    async def unpin_dialog(self, chat: Who) -> None:
        """Unpin a chat."""
        self._person.unpin_dialog(chat)

    async def block(self, chat: Who) -> None:
        """Block them."""
        self._person.block(chat)

    async def unblock(self, chat: Who) -> None:
        """Unblock them."""
        self._person.unblock(chat)

    async def hand_over(self, to: Who, what: Literal["username", "phone"]) -> None:
        """Give up the username or the phone, and let another person have it."""
        self._person.hand_over(to, what)

    # --- sessions -----------------------------------------------------------

    async def issue_session(self) -> Json:
        """A Telethon StringSession that is signed in as this person."""
        return {"session": self._sandbox.issue_session(self._id)}

    async def drop_connections(self) -> None:
        """Abort this person's connections."""
        self._sandbox.mtproto.drop_connections(self._id)

    async def revoke(self, error: str = "AUTH_KEY_UNREGISTERED") -> None:
        """End this person's sessions: their calls fail with this error from now on."""
        self._sandbox.mtproto.revoke(self._id, error)

    async def scan_qr_code(self, url: str) -> None:
        """Scan the tg://login URL that a client shows."""
        self._sandbox.mtproto.scan_qr_code(url, self._id)

    def _message(self, message_id: int) -> Message:
        found = self._sandbox.world.boxes[self._id].get(message_id)
        if found is None:
            raise RequestError(f"This person has no message {message_id}", 404)
        return found


ACTIONS = [name for name in vars(PersonActions) if not name.startswith("_")]
