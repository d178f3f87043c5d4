"""Plays an admin's whole campaign by itself, misfortunes included, and tells it aloud.

Everything goes through the doors that a person would use: files and taps in the chat with the
bot, the sign-in at the console. Nothing here looks into the product's database.
"""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

from sandbox.demo.picture import poster
from sandbox.demo.sample import SENDER_ID
from sandbox.demo.stage import Stage
from sandbox.demo.story import Story
from sandbox.demo.verdict import Verdict, judge, messages_per_person
from sandbox.faults import flood_wait
from sandbox.world import Entity, Message
from sandbox.world.log import read_log

RATE = "10/s"
MESSAGE = "Hello, {{name|friend}}! The lavender is in bloom: come and smell it this weekend."
BOLD = Entity("bold", 0, len("Hello, {{name|friend}}!"))
FLOOD_SECONDS = 5
FLOOD_AT, KILL_AT = 90, 180
START_SECONDS, CAMPAIGN_SECONDS = 60, 240


class Tour:
    """One tour of one stage; `play` returns what really happened."""

    def __init__(self, stage: Stage, story: Story) -> None:
        self._stage, self._story = stage, story
        self._admin, self._bot = stage.admin, stage.bot_id

    async def play(self) -> Verdict:
        story = self._story
        story.chapter("A town of 300 customers, and a shop that wants to write to them")
        story.says("sandbox", "A local Telegram is up. Nothing leaves this machine.")
        await self._start_product()
        await self._connect_sender()
        await self._upload("clients_may.csv", self._stage.sample.first_file())
        await self._upload("fair_2026.csv", self._stage.sample.second_file())
        await self._bar_opted_out()
        await self._make_message()
        await self._build_campaign()
        report = await self._watch()
        return self._judge(report)

    # --- the chapters -----------------------------------------------------------

    async def _start_product(self) -> None:
        self._story.chapter("The product starts, with its own Postgres")
        await self._stage.product.start()
        await self._say("/start")
        await self._hear("Three things", START_SECONDS)

    async def _connect_sender(self) -> None:
        self._story.chapter("The shop's account signs in at the server's console")
        said = await self._stage.connect_sender()
        self._story.says("console", said.strip().splitlines()[-1])

    async def _upload(self, name: str, content: bytes) -> None:
        self._story.chapter(f"Anna sends {name}")
        await self._admin.send_file(self._bot, content, name, "text/csv")
        self._show(await self._admin.wait_for(self._bot, "Do the letters look right?"))
        await self._press("Yes, check it")
        await self._hear("ready")
        await self._press("Customers")
        await self._press("Keep this name")
        await self._press("Save")
        await self._hear("saved")

    async def _bar_opted_out(self) -> None:
        self._story.chapter("Three people told the shop not to write to them")
        sample = self._stage.sample
        for customer in sample.customers:
            if customer.id in sample.opted_out:
                await self._say(f"/optout +{customer.phone}")
                await self._hear("stop list")

    async def _make_message(self) -> None:
        self._story.chapter("Anna makes the message, with a picture")
        await self._say("/templates")
        await self._press("New message")
        await self._admin.send_photo(self._bot, poster(), MESSAGE, (BOLD,))
        self._story.says("Anna", f"[picture] {MESSAGE}")
        await self._admin.wait_for(self._bot, lambda m: m.buttons)
        await self._press("Save")
        await self._say("Lavender weekend")
        await self._hear("Lavender weekend")

    async def _build_campaign(self) -> None:
        self._story.chapter("She builds the campaign and presses Start")
        await self._say("/new")
        await self._hear("What shall we call it?")
        await self._say("Lavender weekend")
        for label in ("clients_may", "fair_2026", "Next", "Lavender weekend", "Lavender Shop"):
            await self._press(label)
        await self._press("Other…")
        await self._say(RATE)
        await self._admin.wait_for(self._bot, lambda m: m.buttons)
        await self._press("Live")
        await self._hear("Mode: live")
        await self._press("Start")

    async def _watch(self) -> Message:
        """Follow the campaign to its end; the message that carries the report's file."""
        self._story.chapter("Messages go out, and two things go wrong")
        finished = asyncio.get_running_loop().create_future()

        async def misfortunes() -> None:
            await self._until_sent(FLOOD_AT)
            self._stage.sandbox.faults.script(
                flood_wait(FLOOD_SECONDS), method="messages.sendMedia", account=SENDER_ID
            )
            self._story.happens(f"Telegram says FLOOD_WAIT_{FLOOD_SECONDS}: the account must wait")
            await self._until_sent(KILL_AT)
            await self._stage.product.kill()
            self._story.happens("kill -9: the product is dead in the middle of a batch")
            await self._stage.product.start()
            self._story.happens("… and started again")
            await self._until_sent(len(self._expected()))

        async def report() -> None:
            message = await self._admin.wait_for(
                self._bot,
                lambda m: m.media is not None and m.media.file_name.endswith(".csv"),
                CAMPAIGN_SECONDS,
            )
            finished.set_result(message)

        async with asyncio.timeout(CAMPAIGN_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(misfortunes())
            group.create_task(report())
        message: Message = finished.result()
        self._show(message)
        return message

    def _judge(self, report: Message) -> Verdict:
        assert report.media is not None
        rows = list(csv.DictReader(io.StringIO(report.media.data.decode("utf-8-sig"))))
        unknown = sum(row["status"] == "unknown" for row in rows)
        return judge(read_log(self._log), self._stage.sample, unknown)

    # --- Anna's hand ------------------------------------------------------------

    async def _say(self, text: str) -> None:
        await self._admin.say(self._bot, text)
        self._story.says("Anna", text)

    async def _press(self, label: str) -> None:
        await self._admin.press(None, label, who=self._bot)
        self._story.says("Anna", f"[{label}]")

    async def _hear(self, text: str, seconds: float = 20) -> None:
        self._show(await self._admin.wait_for(self._bot, text, seconds))

    def _show(self, message: Message) -> None:
        self._story.says("bot", message.text)

    # --- the truth --------------------------------------------------------------

    @property
    def _log(self) -> Path:
        return self._stage.sandbox.world.log.path

    def _expected(self) -> set[int]:
        sample = self._stage.sample
        return {c.id for c in sample.customers} - sample.unreachable - sample.opted_out

    async def _until_sent(self, wanted: int) -> None:
        """Wait until so many people have their message, moving the bar."""
        while (done := len(messages_per_person(read_log(self._log)))) < wanted:
            self._story.progress(done, len(self._expected()), "messages")
            await asyncio.sleep(0.2)
