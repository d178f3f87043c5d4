"""Plays an admin's whole campaign by itself, misfortunes included, and tells it aloud."""

from __future__ import annotations

import asyncio
import csv
import io

from sandbox.demo.anna import Anna
from sandbox.demo.picture import poster
from sandbox.demo.sample import SENDER_ID
from sandbox.demo.stage import Stage
from sandbox.demo.story import Story
from sandbox.demo.verdict import Verdict, judge, messages_per_person
from sandbox.faults import flood_wait
from sandbox.world import Entity, Message
from sandbox.world.log import read_log

RATE = "10/s"
NAME = "Lavender weekend"
MESSAGE = "Hello, {{name|friend}}! The lavender is in bloom: come and smell it this weekend."
BOLD = Entity("bold", 0, len("Hello, {{name|friend}}!"))
FLOOD_SECONDS = 5
FLOOD_AT, KILL_AT = 90, 180
CAMPAIGN_SECONDS = 240


class Tour:
    """One tour of one stage; `play` returns what really happened."""

    def __init__(self, stage: Stage, story: Story) -> None:
        self._stage, self._story = stage, story
        self._anna = Anna(stage.admin, stage.bot_id, story)

    async def play(self) -> Verdict:
        story, anna, sample = self._story, self._anna, self._stage.sample
        story.chapter("A town of 300 customers, and a shop that wants to write to them")
        story.says("sandbox", "A local Telegram is up. Nothing leaves this machine.")

        story.chapter("The product starts, with its own Postgres")
        await self._stage.product.start()
        await anna.say("/start")
        await anna.hear("Three things")

        story.chapter("The shop's account signs in at the server's console")
        story.says("console", await self._stage.connect_sender())

        story.chapter("Anna sends two lists: one UTF-8 with commas, one Windows-1251 with ;")
        await anna.upload("clients_may.csv", sample.first_file())
        await anna.upload("fair_2026.csv", sample.second_file())

        story.chapter("Three people told the shop not to write to them")
        for customer in sample.customers:
            if customer.id in sample.opted_out:
                await anna.bar(f"+{customer.phone}")

        story.chapter("She makes the message, with a picture")
        await anna.make_message(NAME, MESSAGE, (BOLD,), poster())

        story.chapter("She builds the campaign and presses Start")
        lists = ["clients_may", "fair_2026"]
        await anna.build_campaign(NAME, lists, NAME, "Lavender Shop", RATE)
        await anna.press("Start")

        story.chapter("Messages go out, and two things go wrong")
        async with asyncio.timeout(CAMPAIGN_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(self._misfortunes())
            report = group.create_task(anna.wait_for_report(CAMPAIGN_SECONDS))

        story.chapter("What the sandbox's log of effects says")
        return judge(read_log(self._stage.log), sample, _unknown(report.result()))

    async def _misfortunes(self) -> None:
        """A flood wait, then a kill -9; the bar moves between them."""
        await self._until_sent(FLOOD_AT)
        self._stage.sandbox.faults.script(
            flood_wait(FLOOD_SECONDS), method="messages.sendMedia", account=SENDER_ID
        )
        self._story.happens(f"Telegram says FLOOD_WAIT_{FLOOD_SECONDS}: the account must rest")
        await self._until_sent(KILL_AT)
        await self._stage.product.kill()
        self._story.happens("kill -9: the product is dead in the middle of a batch")
        await self._stage.product.start()
        self._story.happens("… and started again")
        await self._until_sent(len(self._stage.sample.reachable))

    async def _until_sent(self, wanted: int) -> None:
        """Wait until so many people have their message, moving the bar."""
        while (done := len(messages_per_person(read_log(self._stage.log)))) < wanted:
            self._story.progress(done, len(self._stage.sample.reachable), "messages")
            await asyncio.sleep(0.2)
        self._story.progress(done, len(self._stage.sample.reachable), "messages")


def _unknown(report: Message) -> int:
    """How many deliveries the product admits to know nothing of."""
    assert report.media is not None
    rows = csv.DictReader(io.StringIO(report.media.data.decode("utf-8-sig")))
    return sum(row["status"] == "unknown" for row in rows)
