"""The tester's hand: a person with a phone, who writes, sends files, presses buttons and looks.

Everything waits on the world's own happenings, so a test goes as fast as the bot does. What came
since this person last did something in a chat is what `wait_for` looks through.
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sandbox.bot_api.files import picture_size
from sandbox.bot_api.render import beside_text, forward_origin
from sandbox.world import (
    Button,
    CallbackAnswered,
    Entity,
    Happening,
    Media,
    Message,
    MessageEdited,
    MessageStored,
    World,
)

Who = int | str
Seen = TypeVar("Seen")
Wanted = str | Callable[[Message], object]

_SHOWN = 8


class NothingCame(AssertionError):
    """What a test waited for did not come in time; the text shows what came instead."""


class Person:
    """The hand of the person `id`. `who` is always an id or a username.

    A message given or returned is this person's own copy. Messages that `wait_for` returns are
    as they were at that moment; `history` gives the living ones.
    """

    def __init__(self, world: World, id: int) -> None:  # noqa: A002
        self.world = world
        self.id = id
        self.record = world.people[id]
        self._came: dict[int, list[Message]] = defaultdict(list)
        self._answers: dict[str, CallbackAnswered] = {}
        self._stir = asyncio.Event()
        self.leave = world.watch(id, self._happened)

    def _happened(self, happening: Happening) -> None:
        match happening:
            case MessageStored(message) | MessageEdited(message) if (
                not message.out or message.chat_id == self.id
            ):
                self._came[message.chat_id].append(replace(message))
            case CallbackAnswered(query_id):
                self._answers[query_id] = happening
        self._stir.set()
        self._stir = asyncio.Event()

    async def _until(
        self, look: Callable[[], Seen | None], timeout: float, complaint: Callable[[], str]
    ) -> Seen:
        """Look again whenever something happens, until there is something to see."""
        try:
            async with asyncio.timeout(timeout):
                while (seen := look()) is None:
                    await self._stir.wait()
        except TimeoutError:
            raise NothingCame(complaint()) from None
        return seen

    def _find(self, who: Who) -> int:
        found = self.world.people.get(who) if isinstance(who, int) else self.world.by_username(who)
        if found is None:
            raise LookupError(f"Nobody in this world is {who!r}")
        return found.id

    def _act(self, who: Who) -> int:
        """Whoever it is, with what came from them before this act forgotten."""
        chat_id = self._find(who)
        self._came[chat_id].clear()
        return chat_id

    # --- writing ------------------------------------------------------------

    async def say(self, who: Who, text: str, entities: tuple[Entity, ...] = ()) -> Message:
        return await self.world.send(self.id, self._act(who), text=text, entities=entities)

    async def reply(self, message: Message, text: str) -> Message:
        chat_id = self._act(message.chat_id)
        return await self.world.send(self.id, chat_id, text=text, reply_to=message.id)

    async def send_file(
        self,
        who: Who,
        data: bytes,
        file_name: str,
        mime_type: str | None = None,
        caption: str = "",
    ) -> Message:
        """Send a document; without `mime_type` the name decides."""
        mime_type = mime_type or mimetypes.guess_type(file_name)[0] or "application/octet-stream"
        media = self.world.new_media("document", data, file_name=file_name, mime_type=mime_type)
        return await self._send_media(who, media, caption, ())

    async def send_photo(
        self, who: Who, data: bytes, caption: str = "", entities: tuple[Entity, ...] = ()
    ) -> Message:
        width, height = picture_size(data)
        media = self.world.new_media(
            "photo", data, mime_type="image/jpeg", width=width, height=height
        )
        return await self._send_media(who, media, caption, entities)

    async def _send_media(
        self, who: Who, media: Media, caption: str, entities: tuple[Entity, ...]
    ) -> Message:
        return await self.world.send(
            self.id, self._act(who), text=caption, entities=entities, media=media
        )

    async def share_contact(
        self, who: Who, phone: str, first_name: str, last_name: str = ""
    ) -> Message:
        contact: dict[str, object] = {"phone_number": phone, "first_name": first_name}
        if last_name:
            contact["last_name"] = last_name
        if (known := self.world.by_phone(phone)) is not None:
            contact["user_id"] = known.id
        return await self.world.send(self.id, self._act(who), extra={"contact": contact})

    async def share_people(self, who: Who, request_id: int, people: list[int]) -> Message:
        """Answer a `request_users` button with these ids."""
        users = [
            {"user_id": one, "first_name": self.world.people[one].first_name} for one in people
        ]
        shared = {"request_id": request_id, "users": users}
        return await self.world.send(self.id, self._act(who), extra={"users_shared": shared})

    async def forward(self, who: Who, message: Message) -> Message:
        """Forward one of this person's messages, with its first sender shown."""
        origin = message.extra.get("forward_origin") or forward_origin(
            self.world.people[message.sender_id], message.date
        )
        return await self.world.send(
            self.id,
            self._act(who),
            text=message.text,
            entities=message.entities,
            media=message.media,
            extra={"forward_origin": origin} | beside_text(message),
        )

    async def edit(self, message: Message, text: str) -> None:
        """Change the words of a message of one's own."""
        await self.world.edit(self.world.boxes[self.id][message.id], text=text, entities=())

    # --- pressing -----------------------------------------------------------

    async def press(
        self, message: Message | None, label: str, *, who: Who | None = None, timeout: float = 10
    ) -> str | None:
        """Press the button whose text is, or else contains, `label`; the bot's toast, if any.

        Without a message it is the newest one that has the button, in the chat with `who` or in
        any. Raises `LookupError` listing the buttons there are, `NothingCame` if the bot leaves
        the press unanswered.
        """
        message, button = self._button(message, label, who)
        if button.callback_data is None:
            raise LookupError(f"{button.text!r} calls no one: it opens or copies something")
        return await self._press(message, button.callback_data, timeout)

    async def press_data(self, who: Who, data: str, *, timeout: float = 10) -> str | None:
        """Press a button that was never there (or no more): forged or stale callback data."""
        chat_id = self._find(who)
        theirs = [m for m in self.world.history(self.id, chat_id) if not m.out]
        if not theirs:
            raise LookupError(f"{who!r} has written nothing that a button could be under")
        return await self._press(theirs[-1], data, timeout)

    async def _press(self, message: Message, data: str, timeout: float) -> str | None:
        self._act(message.chat_id)
        query_id = await self.world.press(self.id, message, data)
        answer = await self._until(
            lambda: self._answers.pop(query_id, None),
            timeout,
            lambda: f"The bot left the press {data!r} unanswered for {timeout} s",
        )
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
            chat_id = self._find(who) if who is not None else None
            looked = [m for m in reversed(box.values()) if chat_id in (None, m.chat_id)]
        for candidate in looked:
            buttons = [button for row in candidate.buttons for button in row]
            exact = [button for button in buttons if button.text == label]
            for button in exact or [button for button in buttons if label in button.text]:
                return candidate, button
        there = [button.text for one in looked[:_SHOWN] for row in one.buttons for button in row]
        raise LookupError(f"No button {label!r}; there are: {there}")

    # --- looking ------------------------------------------------------------

    def history(self, who: Who) -> list[Message]:
        """This person's side of the conversation, oldest first."""
        return self.world.history(self.id, self._find(who))

    async def wait_for(
        self,
        who: Who,
        wanted: Wanted,
        timeout: float = 10,
        after: Message | None = None,
    ) -> Message:
        """The next message from `who`, new or edited, that holds the text or fits the predicate.

        Looks through what came since this person's last act in the chat, each arrival only once;
        with `after`, only at messages younger than that one. Raises `NothingCame`.
        """
        chat_id = self._find(who)

        def look() -> Message | None:
            for at, message in enumerate(self._came[chat_id]):
                if (after is None or message.id > after.id) and _fits(message, wanted):
                    return self._came[chat_id].pop(at)
            return None

        return await self._until(look, timeout, lambda: self._what_came(chat_id, wanted, timeout))

    async def wait_until(self, condition: Callable[[], object], timeout: float = 10) -> None:
        """Until the condition holds, looked at after each happening in this person's box."""
        await self._until(
            lambda: condition() or None, timeout, lambda: f"It did not become so in {timeout} s"
        )

    def _what_came(self, chat_id: int, wanted: Wanted, timeout: float) -> str:
        lines = [
            f"  {'>' if m.out else '<'} {m.text!r} {[[b.text for b in row] for row in m.buttons]}"
            for m in self.world.history(self.id, chat_id)[-_SHOWN:]
        ]
        what = repr(wanted) if isinstance(wanted, str) else "what fits"
        return f"{what} did not come in {timeout} s. The last messages:\n" + "\n".join(lines)

    async def read(self, who: Who) -> None:
        await self.world.read(self.id, self._find(who))

    def block(self, who: Who) -> None:
        self.record.blocked.add(self._find(who))

    def unblock(self, who: Who) -> None:
        self.record.blocked.discard(self._find(who))


def _fits(message: Message, wanted: Wanted) -> bool:
    return wanted in message.text if isinstance(wanted, str) else bool(wanted(message))
