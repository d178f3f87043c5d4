"""What a person at the page can do; each action is done as the person whose phone is shown."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sandbox.background import BackgroundTasks
from sandbox.bot_api import BotApiServer, utf16
from sandbox.bot_api.formatting import CAPTION_LIMIT, TEXT_LIMIT, trimmed
from sandbox.person import Person
from sandbox.web import bot_commands
from sandbox.web.fault_buttons import FaultButton, FaultButtons
from sandbox.web.guide import Step
from sandbox.web.hub import Hub
from sandbox.web.layout import SERVICE_ID, Layout, Side
from sandbox.web.page import Page
from sandbox.world import Entity, Message, PersonRecord, react, set_blocked

FORMATS = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre"})
EMOJIS = frozenset("👍 ❤️ 🔥 👏 😢".split())
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

Json = dict[str, Any]


class ActionError(Exception):
    """An action that cannot be done; the text is shown to the person at the page."""


class Actions:
    """Runs the requests of the pages. A request is the JSON object `{"do": name, …}`."""

    def __init__(
        self,
        layout: Layout,
        hub: Hub,
        buttons: FaultButtons,
        steps: list[Step],
        bot_api: BotApiServer | None,
        background: BackgroundTasks,
    ) -> None:
        self._layout = layout
        self._world = layout.world
        self._hub = hub
        self._buttons = buttons
        self._steps = steps
        self._bot_api = bot_api
        self._background = background
        self._actions: dict[str, Callable[[Page, Json], Awaitable[None]]] = {
            "open": self._open,
            "older": self._older,
            "say": self._say,
            "press": self._press,
            "read": self._read,
            "react": self._react,
            "block": self._block,
            "unblock": self._unblock,
            "menu": self._menu,
            "fault": self._fault,
            "step_file": self._step_file,
            "share": self._share,
        }

    async def do(self, page: Page, request: object) -> None:
        """Run one request of this page; raises `ActionError`."""
        if not isinstance(request, dict) or request.get("do") not in self._actions:
            raise ActionError("The page asked for something that this sandbox does not know.")
        try:
            await self._actions[request["do"]](page, request)
        except (KeyError, TypeError, ValueError, LookupError) as error:
            raise ActionError(f"That is not there any more ({request['do']}).") from error

    # --- conversations ----------------------------------------------------------

    async def _open(self, page: Page, request: Json) -> None:
        page.look(self._side(request))

    async def _older(self, page: Page, request: Json) -> None:
        page.older(int(request["before"]))

    async def _menu(self, page: Page, request: Json) -> None:
        owner, chat = self._people(request)
        there = self._bot_api is not None and chat.is_bot
        found = bot_commands.commands(self._bot_api, chat, owner) if self._bot_api and there else []
        page.note(menu={"owner": owner.id, "chat": chat.id, "commands": found})

    # --- writing ----------------------------------------------------------------

    async def _say(self, _page: Page, request: Json) -> None:
        side = self._side(request)
        self._may_write(side)
        text, entities = trimmed(str(request["text"]), _entities(request.get("entities", [])))
        if not text:
            raise ActionError("There is nothing to send.")
        if utf16.length(text) > TEXT_LIMIT:
            raise ActionError(f"Too long: Telegram takes {TEXT_LIMIT} characters at most.")
        reply_to = request.get("reply_to")
        if reply_to is not None:
            self._message(side, int(reply_to))
        section = self._layout.section(side)
        if section is not None and section.phone:  # an answer implies that the chat was read
            await self._world.read(*side)
        await self._world.send(*side, text=text, entities=entities, reply_to=reply_to)

    async def send_file(self, side: Side, data: bytes, name: str, words: Json, photo: bool) -> None:
        """Send a file; with `photo`, a PNG or JPEG goes as a photo. Raises `ActionError`.

        `words` holds its "caption" and the caption's "entities"; both may be missing.
        """
        if not {*side} <= self._world.people.keys():
            raise ActionError("Nobody is there.")
        self._may_write(side)
        if not data:
            raise ActionError(f"{name} is empty: Telegram takes no empty files.")
        caption, entities = trimmed(words.get("caption", ""), _entities(words.get("entities", [])))
        if utf16.length(caption) > CAPTION_LIMIT:
            raise ActionError(f"Too long: Telegram takes {CAPTION_LIMIT} characters below a file.")
        with self._person(side[0]) as person:
            if photo and picture_type(data):
                await person.send_photo(side[1], data, caption, entities)
            else:
                await person.send_file(side[1], data, name, caption=caption)

    async def _step_file(self, _page: Page, request: Json) -> None:
        step, name = self._steps[int(request["step"])], str(request["name"])
        await self.send_file(
            self._layout.home, step.files[name], name, {"caption": step.caption}, True
        )

    async def _share(self, _page: Page, request: Json) -> None:
        """Answer a `request_users` or `request_contact` button of a bot."""
        side = self._side(request)
        self._may_write(side)
        with self._person(side[0]) as person:
            if "people" in request:
                people = [self._world.people[int(one)].id for one in request["people"]]
                await person.share_people(side[1], int(request["request"]), people)
            else:
                me = person.record
                await person.share_contact(side[1], me.phone or "", me.first_name, me.last_name)

    def _may_write(self, side: Side) -> None:
        owner, chat = (self._world.people[one] for one in side)
        if chat.id == SERVICE_ID or chat.deleted or owner.deleted:
            raise ActionError("Nobody would read it: that account is gone or only writes.")
        if chat.id in owner.blocked:
            raise ActionError("This chat is blocked. Unblock it to write.")
        if owner.id in chat.blocked:
            raise ActionError(f"{chat.name} has blocked this account.")

    # --- buttons, reactions, blocking -------------------------------------------

    async def _press(self, page: Page, request: Json) -> None:
        side = self._side(request)
        message = self._message(side, int(request["message"]))
        query_id = await self._world.press(side[0], message, str(request["data"]))
        page.pressed(query_id)
        page.note(pressed={"query": query_id, "press": request.get("press")})

    async def _react(self, _page: Page, request: Json) -> None:
        """Put this emoji under a message, or remove it when it is there already."""
        side = self._side(request)
        message, emoji = self._message(side, int(request["message"])), str(request["emoji"])
        if emoji not in EMOJIS:
            raise ActionError("Telegram has no such reaction for everybody.")
        left = message.reacted_by.get(side[0], ())
        await react(self._world, side[0], message, () if emoji in left else (emoji,))

    async def _read(self, _page: Page, request: Json) -> None:
        await self._world.read(*self._side(request))

    async def _block(self, _page: Page, request: Json) -> None:
        owner, chat = self._people(request)
        set_blocked(self._world, owner.id, chat.id, True)
        self._hub.changed((owner.id, chat.id))

    async def _unblock(self, _page: Page, request: Json) -> None:
        owner, chat = self._people(request)
        set_blocked(self._world, owner.id, chat.id, False)
        self._hub.changed((owner.id, chat.id))

    async def _fault(self, page: Page, request: Json) -> None:
        self._background.start(self._press_fault(page, self._buttons.find(str(request["label"]))))
        self._hub.refresh()

    async def _press_fault(self, page: Page, button: FaultButton) -> None:
        """Run in the background, because an action of the caller may take seconds."""
        try:
            await self._buttons.press(button)
        except (RuntimeError, TimeoutError) as error:
            page.note(refused=f"{button.label}: {error}")
        self._hub.refresh()

    # --- people and messages of a request -----------------------------------------

    def _people(self, request: Json) -> tuple[PersonRecord, PersonRecord]:
        people = self._world.people
        owner, chat = people[int(request["owner"])], people[int(request["chat"])]
        if owner.is_bot:
            raise ActionError("A bot has no phone to look at.")
        return owner, chat

    def _side(self, request: Json) -> Side:
        owner, chat = self._people(request)
        return owner.id, chat.id

    def _message(self, side: Side, message_id: int) -> Message:
        found = self._world.boxes[side[0]][message_id]
        if found.chat_id != side[1]:
            raise LookupError("That message is in another chat")
        return found

    @contextlib.contextmanager
    def _person(self, person_id: int) -> Iterator[Person]:
        person = Person(self._world, person_id)
        try:
            yield person
        finally:
            person.unsubscribe()


def _entities(given: Any) -> list[Entity]:
    try:
        return [
            Entity(str(one["type"]), int(one["offset"]), int(one["length"]))
            for one in given
            if one["type"] in FORMATS
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ActionError("That formatting cannot be read.") from error


def picture_type(data: bytes) -> str | None:
    """Return the media type of a PNG or JPEG; None for anything else."""
    return next((kind for start, kind in PICTURES.items() if data.startswith(start)), None)
