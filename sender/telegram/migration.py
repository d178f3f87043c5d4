"""A Telethon client whose sign-in survives a move of its account to another data centre.

Telegram moves accounts at times, and answers every call at the old place with USER_MIGRATE_n
(core.telegram.org/api/errors#303-see-other): the call was not executed. Telethon then goes to data
centre n without a key, so that it is signed out. Here the sign-in is exported at the old data
centre and imported at the new one (core.telegram.org/api/datacenter); the old key is kept until the
new one is good. The session moves, the connection does not: the client must be discarded, and the
next one connects to the new data centre.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from telethon import TelegramClient

log = logging.getLogger(__name__)


class MigratingClient(TelegramClient):  # type: ignore[misc]  # Telethon carries no types
    """Takes a KeptSession. A client that is not signed in goes where Telegram sends it."""

    def __init__(self, session: Any, *arguments: Any, **options: Any) -> None:
        self._signed_in = session.auth_key is not None
        self._turn = asyncio.Lock()
        self._mover: asyncio.Task[Any] | None = None
        super().__init__(session, *arguments, **options)

    async def _switch_dc(self, new_dc: int) -> None:
        """Telethon awaits this after USER_MIGRATE_n, before it raises the error to the caller."""
        if not self._signed_in:
            await super()._switch_dc(new_dc)
            return
        if self._mover is asyncio.current_task():
            return  # a call that the move itself makes; its error ends the move
        async with self._turn:
            if self.session.dc_id == new_dc:
                return  # another call has moved the session
            self._mover = asyncio.current_task()
            try:
                await self._move(new_dc)
            except Exception as error:  # the next call to Telegram tries again
                log.warning("Cannot follow the account to data centre %d: %r", new_dc, error)
            finally:
                self._mover = None

    async def _move(self, new_dc: int) -> None:
        place = await self._get_dc(new_dc)
        borrowed = await self._create_exported_sender(new_dc)
        try:
            self.session.move(place.id, place.ip_address, place.port, borrowed.auth_key)
        finally:
            await borrowed.disconnect()
        log.info("The account has moved to data centre %d", new_dc)

    async def _get_dc(self, dc_id: int, cdn: bool = False) -> Any:
        """Return the address of a data centre as Telegram gives it now.

        Telethon keeps one configuration for all clients of the process and never renews it.
        """
        type(self)._config = None
        return await super()._get_dc(dc_id, cdn)
