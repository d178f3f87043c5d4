"""Anna, who owns the shop: what an admin does in the chat, told aloud as she does it.

Everything goes through the door that a person would use. Nothing here looks into the product.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from demo.narrator import Story
from demo.undelivered import is_report
from sandbox.observer import Wanted
from sandbox.person import Person
from sandbox.world import Entity, Message

ANSWER_SECONDS = 60


class Anna:
    """The admin's hand in her chat with the bot. `pause` is seconds to take before each act."""

    def __init__(
        self, hand: Person, bot_id: int, story: Story, pause: Callable[[], float] = lambda: 0
    ) -> None:
        self._hand, self._bot, self._story = hand, bot_id, story
        self._pause = pause

    # --- what she does ----------------------------------------------------------

    async def upload(self, name: str, content: bytes) -> None:
        """Send a contact file, let the bot check it, say why she may write to these people."""
        await asyncio.sleep(self._pause())
        await self._hand.send_file(self._bot, content, name, "text/csv")
        self._story.says("Anna", f"[{name}]")
        await self.hear("Do the letters look right?")
        await self.press("Yes, check it")
        await self.hear("ready")
        await self.press("Customers")
        await self.press("Keep this name")
        await self.press("Save")
        await self.hear("is saved")

    async def bar(self, phone: str) -> None:
        """Somebody told the shop not to write to them."""
        await self.say(f"/optout {phone}")
        await self.hear("stop list")

    async def make_message(
        self, name: str, text: str, entities: tuple[Entity, ...] = (), picture: bytes | None = None
    ) -> None:
        """A template, as people should see it."""
        await self.say("/templates")
        await self.press("New message")
        await self.hear("as people should see it")
        if picture is None:
            await self._hand.say(self._bot, text, entities)
        else:
            await self._hand.send_photo(self._bot, picture, text, entities)
        self._story.says("Anna", f"[picture] {text}" if picture else text)
        await self.press("Save")
        await self.hear("Type a name")
        await self.say(name)
        await self.hear("is saved")

    async def build_campaign(
        self, name: str, lists: list[str], message: str, account: str, rate: str, mode: str = "Live"
    ) -> None:
        """Every step of a draft, up to its review."""
        await self.say("/new")
        await self.hear("What shall we call it?")
        await self.say(name)
        for label in (*lists, "Next", message, account, "Other…"):
            await self.press(label)
        await self.hear("Type the rate")
        await self.say(rate)
        await self.press(mode)
        await self.hear("Mode:")

    async def raise_caps(self, account: str, numbers: str) -> None:
        """The shop's customers know it, so its account may write to more new people a day."""
        await self.say("/accounts")
        await self.press(account)
        await self.press("Change the caps")
        await self.hear("Type five numbers")
        await self.say(numbers)
        await self.hear("Today:")

    async def wait_for_report(self, seconds: float) -> Message:
        """The message that carries the finished campaign's CSV."""
        return await self._hand.wait_for(self._bot, is_report, seconds)

    def look_at_card(self) -> None:
        """Read aloud what the campaign's card says now."""
        cards = [one for one in self._hand.history(self._bot) if "▰" in one.text]
        if cards:
            self._story.says("card", cards[-1].text)

    async def hear_report(self, report: Message) -> None:
        """What the bot says the campaign came to, counted by reason, and the file it sent."""
        await self.hear("delivered (")
        name = report.media.file_name if report.media else ""
        self._story.says("bot", f"[{name}] {report.text}")

    # --- her hand ---------------------------------------------------------------

    async def say(self, text: str) -> None:
        await asyncio.sleep(self._pause())
        await self._hand.say(self._bot, text)
        self._story.says("Anna", text)

    async def press(self, label: str) -> str | None:
        """Press a button of the newest keyboard, once it is there; the bot's toast, if any."""
        await self._hand.wait_until(lambda: self.sees(label), ANSWER_SECONDS)
        await asyncio.sleep(self._pause())
        toast = await self._hand.press(None, label, who=self._bot)
        self._story.says("Anna", f"[{label}]")
        return toast

    async def hear(self, wanted: Wanted, seconds: float = ANSWER_SECONDS) -> Message:
        message = await self._hand.wait_for(self._bot, wanted, seconds)
        self._story.says("bot", message.text)
        return message

    def sees(self, label: str) -> bool:
        """Whether the newest keyboard has this button."""
        for message in reversed(self._hand.history(self._bot)):
            if message.buttons:
                return any(label in button.text for row in message.buttons for button in row)
        return False
