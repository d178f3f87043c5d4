"""Live connections to Telegram: one for each account, opened when needed, never mended.

A client that failed is thrown away. Telethon keeps what was queued in it and would send that on
the next connect, long after we have decided otherwise. What its session has learnt is written
down every few seconds, and once more when it is closed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.tl import functions, types

from db.pool import Database
from db.queries import accounts
from sender.outcome import AccountLost
from sender.secrets import CannotUnseal, OtherKey, Sealer
from sender.session import KeptSession, load, save
from sender.translate import outcome_of_exception

log = logging.getLogger(__name__)

Client: TypeAlias = Any  # Telethon carries no types

OPEN_SECONDS = 30
CLOSE_SECONDS = 5
CATCH_UP_SECONDS = 5  # what was missed is waited for so long, then it comes when it comes
SAVE_SECONDS = 5
# A session that knows nobody is taught the people that the account has talked to lately, who may
# then be addressed by their ids.
_LATEST_DIALOGS = functions.messages.GetDialogsRequest(
    offset_date=None, offset_id=0, offset_peer=types.InputPeerEmpty(), limit=100, hash=0
)
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


def make_client(access: TelegramAccess, session: KeptSession, *, retries: int = 0) -> Client:
    """A client that hides nothing: no silent sleeps, no repeats, no reconnecting by itself."""
    if access.address is not None:
        if access.address.server_key is not None:
            rsa.add_key(access.address.server_key, old=False)
        session.set_dc(DC_ID, access.address.host, access.address.port)
    return TelegramClient(
        session,
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
    """The clients of this process by account id.

    `when_opening` are called with (account id, client) before a client connects: whoever wants to
    hear what happened while it was closed adds its handlers then.
    """

    def __init__(self, database: Database, access: TelegramAccess, sealer: Sealer) -> None:
        self._database, self._access, self._sealer = database, access, sealer
        self._clients: dict[int, Client] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.when_opening: list[Callable[[int, Client], None]] = []

    async def get(self, account_id: int) -> Client:
        """The account's client, opened if need be; CannotOpen when that fails."""
        async with self._locks[account_id]:
            client = self._clients.get(account_id)
            if client is not None and client.is_connected():
                return client
            if client is not None:
                await self._throw_away(account_id)
            self._clients[account_id] = client = await self._open(account_id)
            return client

    async def dispose(self, account_id: int, client: Client) -> None:
        """Throw this client away; the next `get` opens another."""
        async with self._locks[account_id]:
            if self._clients.get(account_id) is client:
                await self._throw_away(account_id)

    async def close(self) -> None:
        """Throw all of them away."""
        for account_id, client in list(self._clients.items()):
            await self.dispose(account_id, client)

    async def keep(self) -> None:
        """Write down what the sessions learn, until cancelled."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            for account_id, client in list(self._clients.items()):
                await self._save(account_id, client)

    async def _open(self, account_id: int) -> Client:
        client = make_client(self._access, await self._session(account_id))
        for act in self.when_opening:
            act(account_id, client)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await _connect(client)
        except CannotOpen:
            await close_client(client)
            raise
        except Exception as error:
            await close_client(client)
            outcome = outcome_of_exception(error)
            lost = isinstance(outcome, AccountLost)
            reason = getattr(outcome, "reason", type(error).__name__)
            raise CannotOpen(reason, lost=lost) from error
        except BaseException:
            await close_client(client)
            raise
        return client

    async def _session(self, account_id: int) -> KeptSession:
        async with self._database.connection() as connection:
            stored = await accounts.find_session(connection, account_id)
        if stored is None:
            raise CannotOpen("signed_out", lost=True)
        user_id, sealed = stored
        try:
            text = self._sealer.unseal(sealed, user_id)
        except CannotUnseal as error:
            log.error("Account %d: %s", account_id, error)
            other_key = isinstance(error, OtherKey)
            raise CannotOpen(
                "other_secret_key" if other_key else "cannot_unseal", lost=not other_key
            ) from None
        return await load(self._database, account_id, text)

    async def _throw_away(self, account_id: int) -> None:
        client = self._clients.pop(account_id)
        await close_client(client)
        await self._save(account_id, client)

    async def _save(self, account_id: int, client: Client) -> None:
        try:
            await save(self._database, account_id, client.session)
        except Exception as error:
            log.warning("Account %d: its session is not written yet: %r", account_id, error)


async def _connect(client: Client) -> None:
    """Connect, and know whom one has met and what one has missed; CannotOpen: signed out."""
    await client.connect()
    if await client.get_me() is None:
        raise CannotOpen("AUTH_KEY_UNREGISTERED", lost=True)
    if not client.session.has_met_people:
        await client(_LATEST_DIALOGS)
    with suppress(TimeoutError):
        async with asyncio.timeout(CATCH_UP_SECONDS):
            await client.session.caught_up.wait()
