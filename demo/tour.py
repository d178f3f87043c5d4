"""Plays an admin's whole campaign by itself, misfortunes included, and tells it aloud.

The terminal hears all of it; a page that is open is led through it, slowly enough to be followed.
"""

from __future__ import annotations

import asyncio

from demo.admin_script import Anna
from demo.narrator import Story
from demo.picture import poster
from demo.sample import ADMIN_ID, BOT_ID, SENDER_ID
from demo.stage import Stage
from demo.verdict import Verdict, admitted_unknown, judge, messages_per_person
from sandbox.faults import SENDING, flood_wait
from sandbox.web import Step, WebChat
from sandbox.world import Entity
from sandbox.world.log import read_log

RATE = "10/s"
WIDE_CAPS = "2400 1000 500 0 500"  # the customers know the shop; Telegram is a local one
NAME = "Lavender weekend"
MESSAGE = "Hello, {{name|friend}}! The lavender is in bloom: come and smell it this weekend."
BOLD = Entity("bold", 0, len("Hello, {{name|friend}}!"))
FLOOD_SECONDS = 5
LOOK_AT, FLOOD_AT, KILL_AT = 30, 90, 180
SPARE_SECONDS = 240  # beyond what the rate makes of the audience
UNITS = {"s": 1, "min": 60, "h": 3600}
PAUSE_SECONDS, LOOK_SECONDS = 0.9, 4.0  # only while somebody has the page open

CHAPTERS = [
    Step(
        "The product starts, with its own Postgres",
        "A town of 300 customers, and a shop that wants to write to them. Nothing leaves this "
        "machine: Telegram is a local one.",
    ),
    Step(
        "The shop's account signs in at the server's console",
        "Phone, code and password are typed there, because Telegram cancels a code that is "
        "written into a chat.",
    ),
    Step(
        "Anna sends two lists: one UTF-8 with commas, one Windows-1251 with ;",
        "They are as messy as real ones. What cannot be used comes back with a reason.",
    ),
    Step(
        "Three people told the shop not to write to them",
        "/optout bars them from this campaign and from every other one.",
    ),
    Step(
        "She makes the message, with a picture",
        "{{name|friend}} becomes each person's name.",
    ),
    Step(
        "She builds the campaign and presses Start",
        "Lists, message, account, rate and mode; then a review that says what would happen.",
    ),
    Step(
        "Messages go out, and two things go wrong",
        "Telegram says FLOOD_WAIT, and a kill -9 hits the product in the middle of a batch. "
        "Watch the truth on the right.",
    ),
    Step(
        "What the sandbox's log of effects says",
        "The report says what became of everybody; the log of this pretend Telegram proves it.",
    ),
]


class Tour:
    """One tour of one stage at this rate; `play` returns what really happened."""

    def __init__(
        self, stage: Stage, story: Story, page: WebChat | None = None, rate: str = RATE
    ) -> None:
        self._stage, self._story, self._page, self._rate = stage, story, page, rate
        self._anna = Anna(stage.admin, stage.bot_id, story, self._pause)
        self._chapter = -1

    async def play(self) -> Verdict:
        anna, sample = self._anna, self._stage.sample

        self._next_chapter()
        await self._stage.product.start()
        await anna.say("/start")
        await anna.hear("Three things")

        self._next_chapter()
        self._story.says("console", await self._stage.connect_sender())
        await anna.raise_caps("Lavender Shop", WIDE_CAPS)

        self._next_chapter()
        await anna.upload("clients_may.csv", sample.first_file())
        await anna.upload("fair_2026.csv", sample.second_file())

        self._next_chapter()
        for customer in sample.customers:
            if customer.id in sample.opted_out:
                await anna.bar(f"+{customer.phone}")

        self._next_chapter()
        await anna.make_message(NAME, MESSAGE, (BOLD,), poster())

        self._next_chapter()
        lists = ["clients_may", "fair_2026"]
        await anna.build_campaign(NAME, lists, NAME, "Lavender Shop", self._rate)
        await anna.press("Start")
        await anna.hear("sent")

        self._next_chapter()
        async with asyncio.TaskGroup() as group:
            misfortunes = group.create_task(self._misfortunes())
            report = await anna.wait_for_report(self._longest())
            await misfortunes

        self._next_chapter()
        await anna.hear_report(report)
        await asyncio.sleep(LOOK_SECONDS if self._pause() else 0)
        return judge(read_log(self._stage.log), sample, admitted_unknown(report))

    # --- the page ---------------------------------------------------------------

    def _next_chapter(self) -> None:
        self._chapter += 1
        self._story.chapter(CHAPTERS[self._chapter].title)
        if self._page is not None:
            self._page.show_step(self._chapter)
            self._page.show_conversation(ADMIN_ID, BOT_ID)

    def _longest(self) -> float:
        """Seconds after which a report that has not come will not come."""
        count, _, unit = self._rate.partition("/")
        return len(self._stage.sample.customers) * UNITS[unit] / int(count) + SPARE_SECONDS

    def _pause(self) -> float:
        return PAUSE_SECONDS if self._page is not None and self._page.watched else 0

    async def _look_at_a_phone(self) -> None:
        """Somebody who has just got the message, for those who watch the page."""
        if self._page is None or not self._page.watched:
            return
        newest = self._stage.sandbox.world.chats(SENDER_ID)[0]
        self._page.show_conversation(newest, SENDER_ID)
        await asyncio.sleep(LOOK_SECONDS)
        self._page.show_conversation(ADMIN_ID, BOT_ID)

    # --- what goes wrong --------------------------------------------------------

    async def _misfortunes(self) -> None:
        """A flood wait, then a kill -9; the bar moves between them."""
        await self._until_sent(LOOK_AT)
        await self._look_at_a_phone()
        await self._until_sent(FLOOD_AT)
        self._stage.sandbox.faults.script(
            flood_wait(FLOOD_SECONDS), method=SENDING, account=SENDER_ID
        )
        self._story.happens(f"Telegram says FLOOD_WAIT_{FLOOD_SECONDS}: the account must rest")
        await self._until_sent(FLOOD_AT + 1)
        self._anna.look_at_card()
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
