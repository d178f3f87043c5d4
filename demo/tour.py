"""The tour: a whole campaign of the admin, with a flood wait and a kill, and its verdict.

The narrator prints each act. While the page is open, it shows them too, and the tour pauses so
that a person can follow.
"""

from __future__ import annotations

import asyncio

from demo.admin_script import AdminScript
from demo.narrator import Narrator
from demo.picture import poster
from demo.sample import ADMIN_ID, BOT_ID, SENDER_ID
from demo.stage import SENDER_NAME, Stage
from demo.verdict import Verdict, judge, messages_per_person, reported_unknown
from sandbox.faults import SENDING, flood_wait
from sandbox.web import Step, WebChat
from sandbox.world import Entity
from sandbox.world.log import read_log

RATE = "10/s"
WIDE_CAPS = "2400 1000 500 0 500 0"  # by default an account writes to ten new people a day
NAME = "Lavender weekend"
MESSAGE = "Hello, {{name|friend}}! The lavender is in bloom: come and smell it this weekend."
BOLD = Entity("bold", 0, len("Hello, {{name|friend}}!"))
FLOOD_SECONDS = 5
SHOW_RECIPIENT_AT, FLOOD_AT, KILL_AT = 30, 90, 180  # people who have the message
SPARE_SECONDS = 240  # for starts, faults and a slow machine, beyond audience / rate
UNITS = {"s": 1, "min": 60, "h": 3600}
PAUSE_SECONDS, LOOK_SECONDS = 0.9, 4.0  # only while the page is open
POLL_SECONDS = 0.2

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
    """A tour of `stage`, whose product is not started yet, at `rate` (10/s, 600/min, 36000/h)."""

    def __init__(
        self, stage: Stage, narrator: Narrator, page: WebChat | None = None, rate: str = RATE
    ) -> None:
        self._stage, self._narrator, self._page, self._rate = stage, narrator, page, rate
        self._admin = AdminScript(stage.admin, stage.bot_id, narrator, self._pause)
        self._chapter = -1

    async def play(self) -> Verdict:
        """Play all chapters and return the verdict of the log of effects.

        Raises `NotReceived` when the bot does not answer in time, and what the product raises.
        """
        admin, sample = self._admin, self._stage.sample

        self._next_chapter()
        await self._stage.product.start()
        await admin.say("/start")
        await admin.wait_for("Three things")

        self._next_chapter()
        self._narrator.line("console", await self._stage.connect_sender())
        await admin.raise_caps(SENDER_NAME, WIDE_CAPS)

        self._next_chapter()
        await admin.upload("clients_may.csv", sample.first_file())
        await admin.upload("fair_2026.csv", sample.second_file())

        self._next_chapter()
        for customer in sample.customers:
            if customer.id in sample.opted_out:
                await admin.opt_out(f"+{customer.phone}")

        self._next_chapter()
        await admin.make_message(NAME, MESSAGE, (BOLD,), poster())

        self._next_chapter()
        lists = ["clients_may", "fair_2026"]
        await admin.build_campaign(NAME, lists, NAME, SENDER_NAME, self._rate)
        await admin.press("Start")
        await admin.wait_for("sent")

        self._next_chapter()
        async with asyncio.TaskGroup() as group:
            faults = group.create_task(self._inject_faults())
            report = await admin.wait_for_report(self._report_timeout())
            await faults

        self._next_chapter()
        await admin.read_report(report)
        await asyncio.sleep(LOOK_SECONDS if self._pause() else 0)
        return judge(read_log(self._stage.log), sample, reported_unknown(report))

    # --- the page ---------------------------------------------------------------

    def _next_chapter(self) -> None:
        self._chapter += 1
        self._narrator.chapter(CHAPTERS[self._chapter].title)
        if self._page is not None:
            self._page.show_step(self._chapter)
            self._page.show_conversation(ADMIN_ID, BOT_ID)

    def _report_timeout(self) -> float:
        """Return the seconds within which the report must come."""
        count, _, unit = self._rate.partition("/")
        return len(self._stage.sample.customers) * UNITS[unit] / int(count) + SPARE_SECONDS

    def _pause(self) -> float:
        return PAUSE_SECONDS if self._page is not None and self._page.watched else 0

    async def _show_recipient(self) -> None:
        """Show the newest recipient's phone on the page for a moment, if it is open."""
        if self._page is None or not self._page.watched:
            return
        newest = self._stage.sandbox.world.chats(SENDER_ID)[0]
        self._page.show_conversation(newest, SENDER_ID)
        await asyncio.sleep(LOOK_SECONDS)
        self._page.show_conversation(ADMIN_ID, BOT_ID)

    # --- the faults -------------------------------------------------------------

    async def _inject_faults(self) -> None:
        """Script a flood wait, then kill the product; show the progress until all have received."""
        await self._until_sent(SHOW_RECIPIENT_AT)
        await self._show_recipient()
        await self._until_sent(FLOOD_AT)
        self._stage.sandbox.faults.script(
            flood_wait(FLOOD_SECONDS), method=SENDING, account=SENDER_ID
        )
        self._narrator.event(f"Telegram says FLOOD_WAIT_{FLOOD_SECONDS}: the account must rest")
        await self._until_sent(FLOOD_AT + 1)
        self._admin.read_card()
        await self._until_sent(KILL_AT)
        await self._stage.product.kill()
        self._narrator.event("kill -9: the product is dead in the middle of a batch")
        await self._stage.product.start()
        self._narrator.event("… and started again")
        await self._until_sent(len(self._stage.sample.reachable))

    async def _until_sent(self, wanted: int) -> None:
        """Show the progress until `wanted` people have received the message."""
        total = len(self._stage.sample.reachable)
        while (done := len(messages_per_person(read_log(self._stage.log)))) < wanted:
            self._narrator.progress(done, total, "messages")
            await asyncio.sleep(POLL_SECONDS)
        self._narrator.progress(done, total, "messages")
