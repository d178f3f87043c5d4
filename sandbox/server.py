"""The sandbox as one object: a world, its fault scripts, and both APIs on loopback."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox.bot_api import BotApiServer, RateLimit
from sandbox.faults import Faults
from sandbox.person import Person
from sandbox.ports import binding
from sandbox.rpc import PHONE_LOOKUP_SECONDS, MtprotoServer
from sandbox.world import PersonRecord, World

LOOPBACK = "127.0.0.1"
_FIRST_PERSON_ID = 1_000_001


class Sandbox:
    """`async with Sandbox(folder) as sandbox:` serves until the block ends.

    `folder` holds the log of effects and the server's RSA key. Port 0 takes a free port; a port in
    use raises `PortTaken`. People may be added before and while it serves. Creating the RSA key
    takes about a second: sandboxes with the same `key_folder` share one. With a `rate_limit`, bots
    that write too fast get 429. An account that looks up a phone number within
    `phone_lookup_seconds` of another gets FLOOD_WAIT; with 0 none does.
    """

    def __init__(
        self,
        folder: Path,
        bot_api_port: int = 0,
        dc_port: int = 0,
        *,
        key_folder: Path | None = None,
        rate_limit: RateLimit | None = None,
        phone_lookup_seconds: float = PHONE_LOOKUP_SECONDS,
    ) -> None:
        self.world = World(folder)
        self.faults = Faults()
        self.bot_api = BotApiServer(self.world, self.faults, rate_limit)
        self.mtproto = MtprotoServer(self.world, self.faults, key_folder or folder)
        self.mtproto.phone_lookups.seconds = phone_lookup_seconds
        self._ports = bot_api_port, dc_port
        self._persons: dict[int, Person] = {}
        self._ids = itertools.count(_FIRST_PERSON_ID)

    async def __aenter__(self) -> Self:
        bot_api_port, dc_port = self._ports
        with binding(bot_api_port):
            await self.bot_api.start(LOOPBACK, bot_api_port)
        try:
            with binding(dc_port):
                await self.mtproto.start(LOOPBACK, dc_port)
        except BaseException:
            await self.bot_api.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.mtproto.close()
        await self.bot_api.close()
        self.world.log.close()

    # --- addresses -----------------------------------------------------------

    @property
    def bot_api_url(self) -> str:
        return self.bot_api.url

    @property
    def dc_host(self) -> str:
        return self.mtproto.host

    @property
    def dc_port(self) -> int:
        return self.mtproto.port

    @property
    def server_key_path(self) -> Path:
        """The server's public RSA key as PEM: a client needs it for the MTProto handshake."""
        return self.mtproto.key_path

    def environment(self) -> dict[str, str]:
        """Return the environment variables that direct a client's process to this sandbox."""
        return {
            "TELEGRAM_BOT_API_URL": self.bot_api_url,
            "TELEGRAM_DC_HOST": self.dc_host,
            "TELEGRAM_DC_PORT": str(self.dc_port),
            "TELEGRAM_SERVER_KEY": str(self.server_key_path.resolve()),
        }

    # --- people and bots -----------------------------------------------------

    def add_bot(self, token: str, username: str, name: str) -> PersonRecord:
        """Add a bot as BotFather does; its id is the number before the token's colon."""
        bot_id = int(token.partition(":")[0])
        bot = PersonRecord(bot_id, name, username=username, is_bot=True, bot_token=token)
        self.world.add(bot)
        self.bot_api.open_context(bot)
        return bot

    def add_person(
        self,
        first_name: str,
        *,
        id: int | None = None,  # noqa: A002
        **fields: Any,
    ) -> PersonRecord:
        """Add a person with the fields of `PersonRecord`; without an id, the next free one."""
        free = (one for one in self._ids if one not in self.world.people)
        person_id = next(free) if id is None else id
        return self.world.add(PersonRecord(person_id, first_name, **fields))

    def person(self, id: int) -> Person:  # noqa: A002
        """Return the `Person` that acts for this id, the same object on each call."""
        if id not in self._persons:
            self._persons[id] = Person(self.world, id)
        return self._persons[id]

    def issue_session(self, person_id: int) -> str:
        """Return a Telethon `StringSession` that is signed in as this person."""
        return self.mtproto.issue_session(person_id)
