"""Puts everything in its place: the town, the bot, the shop's account, and the product beside."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from demo.product import Product
from demo.sample import ADMIN_ID, BOT_ID, BOT_TOKEN, SENDER_ID, Sample, make_sample
from sandbox.person import Person
from sandbox.server import Sandbox

SENDER_PHONE = "79001112233"
SENDER_PASSWORD = "correct horse"


class Stage:
    """`async with Stage(folder) as stage:` the sandbox serves; the product is `stage.product`.

    Leaving stops the product by SIGTERM, if it runs, and then the sandbox. `settings` are more
    environment for the product (DATABASE_URL …).
    """

    def __init__(self, folder: Path, *, key_folder: Path | None = None, **settings: str) -> None:
        self.folder = folder
        self.sample: Sample = make_sample()
        self.sandbox = Sandbox(folder / "telegram", key_folder=key_folder)
        self._settings = settings
        self._people()

    def _people(self) -> None:
        self.sandbox.add_bot(BOT_TOKEN, "campaign_desk_bot", "Campaign desk")
        self.sandbox.add_person("Anna", id=ADMIN_ID, last_name="Sokolova", username="anna")
        self.sandbox.add_person(
            "Lavender",
            id=SENDER_ID,
            last_name="Shop",
            username="lavender_shop",
            phone=SENDER_PHONE,
            password=SENDER_PASSWORD,
        )
        for person in self.sample.people():
            self.sandbox.world.add(person)

    async def __aenter__(self) -> Self:
        await self.sandbox.__aenter__()
        self.product = Product(
            self.folder / "product", self.sandbox.environment(), **self._settings
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.product.stop()
        await self.sandbox.__aexit__(kind, error, trace)

    @property
    def admin(self) -> Person:
        return self.sandbox.person(ADMIN_ID)

    @property
    def bot_id(self) -> int:
        return BOT_ID

    @property
    def log(self) -> Path:
        """The sandbox's log of effects."""
        return self.sandbox.world.log.path

    async def connect_sender(self) -> str:
        """`predlagator login` at the console, typed by us; what it said in the end."""
        code = self.sandbox.world.people[SENDER_ID].code
        said = await self.product.login(f"+{SENDER_PHONE}", code, SENDER_PASSWORD)
        return said.rpartition(": ")[2].strip()  # after the three questions
