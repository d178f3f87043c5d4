"""The rig of the fault tests: people, an account, and the product as processes to be harmed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from db.models.campaign import Campaign, CampaignEvent, CampaignStatus
from db.models.contact import Identity
from db.models.errors import Conflict
from db.pool import Database, is_unreachable, open_database
from demo.product import Product
from demo.sample import ADMIN_ID, BOT_TOKEN
from sandbox.server import Sandbox
from sandbox.world import PersonRecord
from sender.accounts.login import adopt_session
from sender.telegram.connect import TelegramAccess, TelegramAddress
from tests import waiting
from tests.faults.process import ProductProcess
from tests.faults.verdict import ROWS, Verdict, judge
from tests.sender.stage import ACCOUNT_ID, SECRET_KEY, Stage

LIFT_CAPS = """
UPDATE account_caps SET per_minute = 60000, per_day = 1000000, first_per_day = 1000000,
    first_apart_seconds = 0, lookups_per_day = 1000000, lookup_apart_seconds = 0
"""
WHOLE = ("run",)
SENDER = ("sender", "--name", "main")  # starts in a third of the time, for it has no bot
LOOK_SECONDS = 0.02
PATIENCE = 120.0


class Rig:
    """`async with Rig(folder, dsn, key_folder, chance) as rig:` nothing of the product runs yet.

    There are as many accounts as `processes`, and every campaign is sent by all of them. `command`
    is what the first process is told; the others only send.
    `rig.stage` is the hand for rows and the sandbox; its own in-process sender is not used.
    """

    def __init__(
        self,
        folder: Path,
        dsn: str,
        key_folder: Path,
        chance: random.Random,
        processes: int = 1,
        *,
        command: tuple[str, ...] = WHOLE,
    ) -> None:
        self._folder, self._key_folder = folder, key_folder
        self.dsn, self.chance, self._count = dsn, chance, processes
        self.command = command
        self._stack = AsyncExitStack()
        self._attended = False
        self._audiences: dict[int, list[int]] = {}

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            telegram = Sandbox(
                self._folder / "telegram", key_folder=self._key_folder, phone_lookup_seconds=0
            )
            self.sandbox = await stack.enter_async_context(telegram)
            self.sandbox.faults.chance.seed(self.chance.random())
            self.sandbox.add_bot(BOT_TOKEN, "campaign_desk_bot", "Campaign desk")
            self.sandbox.add_person("Anna", id=ADMIN_ID)
            self.sandbox.add_person("Olga", id=ACCOUNT_ID, username="olga_sends")
            self.database = await open_database(self.dsn, connections=4)
            stack.push_async_callback(self._close_database)
            self.stage = await self._set_the_stage(self.database)
            self._accounts = await self.stage.accounts(self._count)
            self.processes = self._processes()
            for process in self.processes:
                stack.push_async_callback(process.stop)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def _close_database(self) -> None:
        await self.database.close()

    async def _set_the_stage(self, database: Database) -> Stage:
        pem = self.sandbox.server_key_path.read_text(encoding="ascii")
        address = TelegramAddress(self.sandbox.dc_host, self.sandbox.dc_port, pem)
        access = TelegramAccess(12345, "0123456789abcdef0123456789abcdef", address)
        session = self.sandbox.issue_session(ACCOUNT_ID)
        account = await adopt_session(database, SECRET_KEY, access, session)
        stage = Stage(database, access, self.sandbox, account)
        await stage.set_up()
        await stage.run(LIFT_CAPS)
        return stage

    def _processes(self) -> list[ProductProcess]:
        senders = [("sender", "--name", f"sender-{n}") for n in range(2, self._count + 1)]
        return [self.process(c[-1], c) for c in [self.command, *senders]]

    def process(self, name: str, command: tuple[str, ...], **more: str) -> ProductProcess:
        """One more process of the product; `more` is added to its environment."""
        folder = self._folder / "product"
        settings = {"DATABASE_URL": self.dsn, "SECRET_KEY": SECRET_KEY, **more}
        environment = Product(folder, self.sandbox.environment(), **settings).environment
        return ProductProcess(name, command, folder, environment)

    # --- the product --------------------------------------------------------------

    @property
    def product(self) -> ProductProcess:
        """The first process: the only one, unless there are several."""
        return self.processes[0]

    async def launch(self) -> None:
        for process in self.processes:
            await process.launch()

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """A process that ends by itself is started again, as systemd or Docker would."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(0.5)
                for process in self.processes:
                    if not process.running:
                        await process.launch()

        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watch())
            yield
            watching.cancel()

    @asynccontextmanager
    async def admin_resumes(self, campaign_id: int, only: str | None = None) -> AsyncIterator[None]:
        """A person who puts the account right and presses Resume whenever there is a pause.

        `only`: a pause for any other reason fails.
        """

        async def watch() -> None:
            while True:
                campaign = await self.stage.get(campaign_id)
                if campaign.status is CampaignStatus.PAUSED:
                    assert only in (None, campaign.pause_reason), campaign.pause_reason
                    await self.stage.run(
                        "UPDATE accounts SET resting_until = NULL, limited_until = NULL,"
                        " held_at = NULL"
                    )
                    await self.stage.run("UPDATE account_caps SET next_first_at = now()")
                    with suppress(Conflict):
                        await self.stage.advance(campaign_id, CampaignEvent.RESUME)
                await asyncio.sleep(0.2)

        async with asyncio.TaskGroup() as group:
            self._attended = True
            watching = group.create_task(watch())
            yield
            watching.cancel()

    def reopen(self, database: Database) -> None:
        """Another database stands where the old one was."""
        self.database = self.stage.database = database

    async def draft(self, people: list[PersonRecord] | list[Identity], **options: Any) -> int:
        """A campaign from every account, not started; its id."""
        return await self.stage.draft(people, **{"accounts": self._accounts, **options})

    async def campaign(self, count: int, rate: tuple[int, int] = (20, 1), **options: Any) -> int:
        """A campaign to `count` new people, started; its id."""
        people = self.stage.people(count)
        options = {"rate": rate, "accounts": self._accounts, **options}
        campaign_id = await self.stage.campaign(people, **options)
        self.expect(campaign_id, people)
        return campaign_id

    def expect(self, campaign_id: int, people: Sequence[PersonRecord]) -> None:
        """These must be reached by this campaign."""
        self._audiences[campaign_id] = [person.id for person in people]

    # --- watching ---------------------------------------------------------------------

    def effects(self) -> int:
        """Return how many messages were delivered so far."""
        world = self.sandbox.world
        return sum(len(world.boxes[one]) for ids in self._audiences.values() for one in ids)

    async def until_effects(self, count: int) -> None:
        await self.until(lambda: self.effects() >= count)

    async def until(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
        await waiting.until(holds, seconds)

    async def until_row(self, condition: str, seconds: float = PATIENCE) -> None:
        """Wait until a delivery fits `condition` (SQL of a test's own)."""
        async with asyncio.timeout(seconds):
            while True:
                if await self.stage.run(f"SELECT FROM deliveries WHERE {condition} LIMIT 1"):
                    return
                await asyncio.sleep(LOOK_SECONDS)

    async def until_status(
        self, campaign_id: int, *statuses: CampaignStatus, seconds: float = PATIENCE
    ) -> Campaign:
        async with self._patience(campaign_id, seconds):
            while True:
                try:
                    campaign = await self.stage.get(campaign_id)
                except Exception as error:  # our own connections are cut too
                    if not is_unreachable(error):
                        raise
                else:
                    if campaign.status in statuses:
                        return campaign
                await asyncio.sleep(0.1)

    @asynccontextmanager
    async def _patience(self, campaign_id: int, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError after `seconds`, which shows the campaign as it is then."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise TimeoutError(f"still {await self.stage.get(campaign_id)}") from error

    async def until_over(self, campaign_id: int) -> Campaign:
        """The campaign when it is finished, or paused."""
        over = (CampaignStatus.FINISHED, CampaignStatus.PAUSED)
        return await self.until_status(campaign_id, *over, seconds=600)

    async def verdict(self, campaign_id: int, seconds: float = PATIENCE) -> Verdict:
        """Judge the campaign once it is finished. A pause that waits for a person fails here."""
        async with self._patience(campaign_id, seconds):
            while (campaign := await self.until_over(campaign_id)).status is CampaignStatus.PAUSED:
                assert self._attended or campaign.resumes_at, campaign.pause_reason
                await asyncio.sleep(0.1)
        rows = await self.stage.run(ROWS, campaign_id)
        interval = timedelta(seconds=campaign.rate.interval.total_seconds())
        log = list(self.sandbox.world.log)
        senders = range(ACCOUNT_ID, ACCOUNT_ID + self._count)
        return judge(log, senders, self._audiences[campaign_id], rows, interval)
