"""What the admin does in the chat with the bot, step by step, and printed as it happens.

The script acts as a person can: it writes, presses buttons and reads the answers. It does not look
into the product.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from demo.narrator import Narrator
from demo.report import is_report
from sandbox.observer import Wanted
from sandbox.person import Person
from sandbox.world import Entity, Message

ANSWER_SECONDS = 60
ADMIN, BOT, CARD = "Anna", "bot", "card"  # speakers, as the narrator prints them


class AdminScript:
    """Acts as `admin` in the chat with the bot. `pause` returns the seconds before each act.

    All methods raise `NotReceived` when the bot does not answer within a minute.
    """

    def __init__(
        self,
        admin: Person,
        bot_id: int,
        narrator: Narrator,
        pause: Callable[[], float] = lambda: 0,
    ) -> None:
        self._admin, self._bot, self._narrator = admin, bot_id, narrator
        self._pause = pause

    # --- tasks of an admin ------------------------------------------------------

    async def upload(self, name: str, content: bytes) -> None:
        """Send a contact file, confirm the questions about it and save the list."""
        await asyncio.sleep(self._pause())
        await self._admin.send_file(self._bot, content, name, "text/csv")
        self._narrator.line(ADMIN, f"[{name}]")
        await self.wait_for("Do the letters look right?")
        await self.press("Yes, check it")
        await self.wait_for("ready")
        await self.press("Customers")
        await self.press("Keep this name")
        await self.press("Save")
        await self.wait_for("is saved")

    async def opt_out(self, phone: str) -> None:
        """Add a phone number to the stop list."""
        await self.say(f"/optout {phone}")
        await self.wait_for("stop list")

    async def make_message(
        self, name: str, text: str, entities: tuple[Entity, ...] = (), picture: bytes | None = None
    ) -> None:
        """Save a template; with a `picture` the text is its caption."""
        await self.say("/templates")
        await self.press("New message")
        await self.wait_for("as people should see it")
        if picture is None:
            await self._admin.say(self._bot, text, entities)
        else:
            await self._admin.send_photo(self._bot, picture, text, entities)
        self._narrator.line(ADMIN, f"[picture] {text}" if picture else text)
        await self.press("Save")
        await self.wait_for("Type a name")
        await self.say(name)
        await self.wait_for("is saved")

    async def build_campaign(
        self, name: str, lists: list[str], message: str, account: str, rate: str, mode: str = "Live"
    ) -> None:
        """Answer every step of a draft, up to its review."""
        await self.say("/new")
        await self.wait_for("What shall we call it?")
        await self.say(name)
        for label in (*lists, "Next", message, account, "Other…"):
            await self.press(label)
        await self.wait_for("Type the rate")
        await self.say(rate)
        await self.press(mode)
        await self.wait_for("Mode:")

    async def raise_caps(self, account: str, caps: str) -> None:
        """Set the caps of an account; `caps` is what the bot's question expects."""
        await self.say("/accounts")
        await self.press(account)
        await self.press("Change the caps")
        await self.wait_for("Type six numbers")
        await self.say(caps)
        await self.wait_for("Today:")

    async def wait_for_report(self, seconds: float) -> Message:
        """Return the message with the report of the finished campaign."""
        return await self._admin.wait_for(self._bot, is_report, seconds)

    async def read_report(self, report: Message) -> None:
        """Wait for the bot's summary of the campaign; print it and the report's caption."""
        await self.wait_for("delivered (")
        name = report.media.file_name if report.media else ""
        self._narrator.line(BOT, f"[{name}] {report.text}")

    def read_card(self) -> None:
        """Print the campaign's card as it is now, if there is one."""
        cards = [one for one in self._admin.history(self._bot) if "▰" in one.text]
        if cards:
            self._narrator.line(CARD, cards[-1].text)

    # --- single acts ------------------------------------------------------------

    async def say(self, text: str) -> None:
        """Send a text to the bot."""
        await asyncio.sleep(self._pause())
        await self._admin.say(self._bot, text)
        self._narrator.line(ADMIN, text)

    async def press(self, label: str) -> str | None:
        """Press a button of the newest keyboard, once it has it; return the bot's toast.

        The toast is None when the bot's answer has no text.
        """
        await self._admin.wait_until(lambda: self._has_button(label), ANSWER_SECONDS)
        await asyncio.sleep(self._pause())
        toast = await self._admin.press(None, label, who=self._bot)
        self._narrator.line(ADMIN, f"[{label}]")
        return toast

    async def wait_for(self, wanted: Wanted, seconds: float = ANSWER_SECONDS) -> Message:
        """Return the bot's next message that contains the text or fits; print it."""
        message = await self._admin.wait_for(self._bot, wanted, seconds)
        self._narrator.line(BOT, message.text)
        return message

    def _has_button(self, label: str) -> bool:
        for message in reversed(self._admin.history(self._bot)):
            if message.buttons:
                return any(label in button.text for row in message.buttons for button in row)
        return False
