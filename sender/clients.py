"""Live connections to Telegram: one for each account, opened when needed, never mended.

A client that failed is thrown away. Telethon keeps what was queued in it and would send that on
the next connect, long after we have decided otherwise.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

from db.pool import Database
from db.queries import accounts
from sender.outcome import AccountLost
from sender.secrets import CannotUnseal, Sealer
from sender.translate import outcome_of_exception

log = logging.getLogger(__name__)

Client: TypeAlias = Any  # Telethon carries no types

OPEN_SECONDS = 30
CLOSE_SECONDS = 5
DC_ID = 2  # Telegram's own default; a stand-in has only this one


@dataclass(frozen=True, slots=True)
class TelegramAddress:
    """Where a stand-in for Telegram listens; `server_key` is its public key, a PKCS#1 PEM."""

    host: str
    port: int
    server_key: str | None = None


@dataclass(frozen=True, slots=True)
class TelegramAccess:
    """What every client needs: the application's own id and hash, and where to dial.

    `address` None is Telegram itself.
    """

    api_id: int
    api_hash: str
    address: TelegramAddress | None = None


class CannotOpen(Exception):
    """No client for this account now; `lost` when a person must sign it in again."""

    def __init__(self, reason: str, *, lost: bool) -> None:
        super().__init__(reason)
        self.reason, self.lost = reason, lost


def make_client(access: TelegramAccess, session: str = "", *, retries: int = 0) -> Client:
    """A client that hides nothing: no silent sleeps, no repeats, no reconnecting by itself."""
    stored = StringSession(session)
    if access.address is not None:
        if access.address.server_key is not None:
            rsa.add_key(access.address.server_key, old=False)
        stored.set_dc(DC_ID, access.address.host, access.address.port)
    return TelegramClient(
        stored,
        access.api_id,
        access.api_hash,
        request_retries=retries,
        raise_last_call_error=True,
        flood_sleep_threshold=0,
        connection_retries=retries,
        auto_reconnect=False,
        receive_updates=True,
        catch_up=True,
        device_model="Predlagator server",
        app_version="0.1.0",
        base_logger="predlagator.telethon",
    )


async def close_client(client: Client) -> None:
    """Disconnect for good; calls in flight are in doubt from here on."""
    with suppress(Exception):
        await asyncio.wait_for(client.disconnect(), CLOSE_SECONDS)


class Clients:
    """The clients of this process by account id."""

    def __init__(self, database: Database, access: TelegramAccess, sealer: Sealer) -> None:
        self._database, self._access, self._sealer = database, access, sealer
        self._clients: dict[int, Client] = {}
        self._opening: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, account_id: int) -> Client:
        """The account's client, opened if need be; CannotOpen when that fails."""
        async with self._opening[account_id]:
            client = self._clients.get(account_id)
            if client is not None and client.is_connected():
                return client
            if client is not None:
                await self.dispose(account_id, client)
            self._clients[account_id] = client = await self._open(account_id)
            return client

    async def _open(self, account_id: int) -> Client:
        async with self._database.connection() as connection:
            stored = await accounts.find_session(connection, account_id)
        if stored is None:
            raise CannotOpen("signed_out", lost=True)
        user_id, sealed = stored
        try:
            session = self._sealer.unseal(sealed, user_id)
        except CannotUnseal as error:
            log.error("Account %d: %s", account_id, error)
            raise CannotOpen("cannot_unseal", lost=True) from None
        client = make_client(self._access, session)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await client.connect()
                me = await client.get_me()
        except Exception as error:
            await close_client(client)
            outcome = outcome_of_exception(error)
            lost = isinstance(outcome, AccountLost)
            reason = outcome.reason if isinstance(outcome, AccountLost) else type(error).__name__
            raise CannotOpen(reason, lost=lost) from error
        if me is None:
            await close_client(client)
            raise CannotOpen("AUTH_KEY_UNREGISTERED", lost=True)
        return client

    async def dispose(self, account_id: int, client: Client) -> None:
        """Throw this client away; the next `get` opens another."""
        if self._clients.get(account_id) is client:
            del self._clients[account_id]
        await close_client(client)

    async def close(self) -> None:
        """Throw all of them away."""
        for account_id, client in list(self._clients.items()):
            await self.dispose(account_id, client)
