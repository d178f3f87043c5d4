"""The demo's setup: a sandbox with the admin, the shop and its customers, and the product."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from demo.product import Product
from demo.sample import ADMIN_ID, BOT_ID, BOT_TOKEN, SENDER_ID, Sample, make_sample
from sandbox.person import Person
from sandbox.server import Sandbox

SENDER_NAME = "Lavender Shop"
SENDER_PHONE = "79001112233"
SENDER_PASSWORD = "correct horse"


class Stage:
    """Serves the sandbox within `async with`; `product` is created then, and not started.

    On exit the product is stopped by SIGTERM, if it runs, and then the sandbox. `folder` keeps the
    data of both. `settings` are added to the product's environment (DATABASE_URL …).
    """

    def __init__(self, folder: Path, *, key_folder: Path | None = None, **settings: str) -> None:
        self.folder = folder
        self.sample: Sample = make_sample()
        self.sandbox = Sandbox(folder / "telegram", key_folder=key_folder, phone_lookup_seconds=0)
        self._settings = settings
        self._add_people()

    def _add_people(self) -> None:
        self.sandbox.add_bot(BOT_TOKEN, "campaign_desk_bot", "Campaign desk")
        self.sandbox.add_person("Anna", id=ADMIN_ID, last_name="Sokolova", username="anna")
        first_name, last_name = SENDER_NAME.split()
        self.sandbox.add_person(
            first_name,
            id=SENDER_ID,
            last_name=last_name,
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
        """Return the admin of the product, as a person who can act."""
        return self.sandbox.person(ADMIN_ID)

    @property
    def bot_id(self) -> int:
        """Return the id of the product's bot."""
        return BOT_ID

    @property
    def log(self) -> Path:
        """Return the path of the sandbox's log of effects."""
        return self.sandbox.world.log.path

    async def connect_sender(self) -> str:
        """Sign the shop's account in with `predlagator login`; return the last line it printed."""
        code = self.sandbox.world.people[SENDER_ID].code
        output = await self.product.login(f"+{SENDER_PHONE}", code, SENDER_PASSWORD)
        return output.rpartition(": ")[2].strip()  # after the three prompts
