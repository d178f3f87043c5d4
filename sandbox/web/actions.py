"""What a person at the page may do, each act with the hand of the person whose phone it shows."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sandbox.background import BackgroundTasks
from sandbox.bot_api import BotApiServer, utf16
from sandbox.bot_api.formatting import CAPTION_LIMIT, TEXT_LIMIT, trimmed
from sandbox.person import Person
from sandbox.web import bot_commands
from sandbox.web.fault_buttons import FaultInjection, Mischief
from sandbox.web.hub import Hub
from sandbox.web.layout import SERVICE_ID, Side, Stage, Step
from sandbox.web.page import Page
from sandbox.world import Entity, Message, PersonRecord, react, set_blocked

FORMATS = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre"})
EMOJIS = frozenset("👍 ❤️ 🔥 👏 😢".split())
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

Json = dict[str, Any]


class Refused(Exception):
    """An act that cannot be done; the text is for the person at the page."""


class Acts:
    """`do` is the only way in; a request is `{"do": name, …}`."""

    def __init__(
        self,
        stage: Stage,
        hub: Hub,
        mischief: Mischief,
        steps: list[Step],
        bot_api: BotApiServer | None,
        nursery: BackgroundTasks,
    ) -> None:
        self._stage = stage
        self._hub = hub
        self._mischief = mischief
        self._steps = steps
        self._bot_api = bot_api
        self._background = nursery
        self._acts: dict[str, Callable[[Page, Json], Awaitable[None]]] = {
            "open": self._open,
            "older": self._older,
            "say": self._say,
            "press": self._press,
            "read": self._read,
            "react": self._react,
            "block": self._block,
            "unblock": self._unblock,
            "menu": self._menu,
            "misfortune": self._misfortune,
            "step_file": self._step_file,
            "share": self._share,
        }

    async def do(self, page: Page, ask: object) -> None:
        """Raises `Refused`."""
        if not isinstance(ask, dict) or ask.get("do") not in self._acts:
            raise Refused("The page asked for something that this sandbox does not know.")
        try:
            await self._acts[ask["do"]](page, ask)
        except (KeyError, TypeError, ValueError, LookupError) as error:
            raise Refused(f"That is not there any more ({ask['do']}).") from error

    # --- looking ----------------------------------------------------------------

    async def _open(self, page: Page, ask: Json) -> None:
        page.look(self._side(ask))

    async def _older(self, page: Page, ask: Json) -> None:
        page.older(int(ask["before"]))

    async def _menu(self, page: Page, ask: Json) -> None:
        owner, chat = self._people(ask)
        there = self._bot_api is not None and chat.is_bot
        found = bot_commands.commands(self._bot_api, chat, owner) if self._bot_api and there else []
        page.note(menu={"owner": owner.id, "chat": chat.id, "commands": found})

    # --- writing ----------------------------------------------------------------

    async def _say(self, _page: Page, ask: Json) -> None:
        side = self._side(ask)
        self._may_write(side)
        text, entities = trimmed(str(ask["text"]), _entities(ask.get("entities", [])))
        if not text:
            raise Refused("There is nothing to send.")
        if utf16.length(text) > TEXT_LIMIT:
            raise Refused(f"Too long: Telegram takes {TEXT_LIMIT} characters at most.")
        reply_to = ask.get("reply_to")
        if reply_to is not None:
            self._message(side, int(reply_to))
        if self._stage.group(side) == "recipients":  # who answers has read
            await self._stage.world.read(*side)
        await self._stage.world.send(*side, text=text, entities=entities, reply_to=reply_to)

    async def send_file(self, side: Side, data: bytes, name: str, words: Json, photo: bool) -> None:
        """Send a file; a picture of a kind that Telegram shows goes as a photo if so wished.

        `words` are its caption and that one's entities.
        """
        if not {*side} <= self._stage.world.people.keys():
            raise Refused("Nobody is there.")
        self._may_write(side)
        if not data:
            raise Refused(f"{name} is empty: Telegram takes no empty files.")
        caption, entities = trimmed(words.get("caption", ""), _entities(words.get("entities", [])))
        if utf16.length(caption) > CAPTION_LIMIT:
            raise Refused(f"Too long: Telegram takes {CAPTION_LIMIT} characters below a file.")
        with self._hand(side[0]) as hand:
            if photo and picture_type(data):
                await hand.send_photo(side[1], data, caption, entities)
            else:
                await hand.send_file(side[1], data, name, caption=caption)

    async def _step_file(self, _page: Page, ask: Json) -> None:
        step, name = self._steps[int(ask["step"])], str(ask["name"])
        side = self._stage.admin_id, self._stage.bot_id
        await self.send_file(side, step.files[name], name, {"caption": step.caption}, True)

    async def _share(self, _page: Page, ask: Json) -> None:
        """Answer a button of the bot that asks for people or for one's own phone."""
        side = self._side(ask)
        self._may_write(side)
        with self._hand(side[0]) as hand:
            if "people" in ask:
                people = [self._stage.world.people[int(one)].id for one in ask["people"]]
                await hand.share_people(side[1], int(ask["request"]), people)
            else:
                me = hand.record
                await hand.share_contact(side[1], me.phone or "", me.first_name, me.last_name)

    def _may_write(self, side: Side) -> None:
        owner, chat = (self._stage.world.people[one] for one in side)
        if chat.id == SERVICE_ID or chat.deleted or owner.deleted:
            raise Refused("Nobody would read it: that account is gone or only writes.")
        if chat.id in owner.blocked:
            raise Refused("This chat is blocked. Unblock it to write.")
        if owner.id in chat.blocked:
            raise Refused(f"{chat.name} has blocked this account.")

    # --- the rest of a phone -------------------------------------------------------

    async def _press(self, page: Page, ask: Json) -> None:
        side = self._side(ask)
        message = self._message(side, int(ask["message"]))
        query_id = await self._stage.world.press(side[0], message, str(ask["data"]))
        page.pressed(query_id)
        page.note(pressed={"query": query_id, "press": ask.get("press")})

    async def _react(self, _page: Page, ask: Json) -> None:
        """Leave this emoji under a message, or take it away again."""
        side = self._side(ask)
        message, emoji = self._message(side, int(ask["message"])), str(ask["emoji"])
        if emoji not in EMOJIS:
            raise Refused("Telegram has no such reaction for everybody.")
        left = message.reacted_by.get(side[0], ())
        await react(self._stage.world, side[0], message, () if emoji in left else (emoji,))

    async def _read(self, _page: Page, ask: Json) -> None:
        await self._stage.world.read(*self._side(ask))

    async def _block(self, _page: Page, ask: Json) -> None:
        owner, chat = self._people(ask)
        set_blocked(self._stage.world, owner.id, chat.id, True)
        self._hub.changed((owner.id, chat.id))

    async def _unblock(self, _page: Page, ask: Json) -> None:
        owner, chat = self._people(ask)
        set_blocked(self._stage.world, owner.id, chat.id, False)
        self._hub.changed((owner.id, chat.id))

    async def _misfortune(self, page: Page, ask: Json) -> None:
        self._background.start(self._strike(page, self._mischief.find(str(ask["label"]))))
        self._hub.stir()

    async def _strike(self, page: Page, misfortune: FaultInjection) -> None:
        """Beside what else the page asks: a kill -9 and a new start take seconds."""
        try:
            await self._mischief.press(misfortune)
        except (RuntimeError, TimeoutError) as error:
            page.note(refused=f"{misfortune.label}: {error}")
        self._hub.stir()

    # --- who and what is meant -------------------------------------------------------

    def _people(self, ask: Json) -> tuple[PersonRecord, PersonRecord]:
        people = self._stage.world.people
        owner, chat = people[int(ask["owner"])], people[int(ask["chat"])]
        if owner.is_bot:
            raise Refused("A bot has no phone to look at.")
        return owner, chat

    def _side(self, ask: Json) -> Side:
        owner, chat = self._people(ask)
        return owner.id, chat.id

    def _message(self, side: Side, message_id: int) -> Message:
        found = self._stage.world.boxes[side[0]][message_id]
        if found.chat_id != side[1]:
            raise LookupError("That message is in another chat")
        return found

    @contextlib.contextmanager
    def _hand(self, person_id: int) -> Iterator[Person]:
        hand = Person(self._stage.world, person_id)
        try:
            yield hand
        finally:
            hand.leave()


def _entities(given: Any) -> list[Entity]:
    try:
        return [
            Entity(str(one["type"]), int(one["offset"]), int(one["length"]))
            for one in given
            if one["type"] in FORMATS
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("That formatting cannot be read.") from error


def picture_type(data: bytes) -> str | None:
    """The media type of a PNG or JPEG; None for anything else."""
    return next((kind for start, kind in PICTURES.items() if data.startswith(start)), None)
