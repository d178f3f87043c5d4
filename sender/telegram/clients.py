"""Live connections to Telegram: one for each account, opened when needed, never mended.

A client that failed is thrown away. Telethon keeps what was queued in it and would send that on
the next connect, long after we have decided otherwise. What its session has learnt is written
down every few seconds, and once more when it is closed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from db.pool import Database
from db.queries import accounts
from sender.outcome.outcome import AccountLost, CallFailed, Outcome, Wait, ends_client
from sender.telegram.connect import TelegramAccess, close_client, greet, make_client
from sender.telegram.leases import Leases
from sender.telegram.sealing import CannotUnseal, OtherKey, Sealer
from sender.telegram.session import KeptSession, load, save
from sender.telegram.translate import outcome_of_exception

log = logging.getLogger(__name__)

Client: TypeAlias = Any  # Telethon carries no types

OPEN_SECONDS = 30
SAVE_SECONDS = 5
SIGNED_OUT = "AUTH_KEY_UNREGISTERED"


class CannotOpen(Exception):
    """No client for this account now."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Elsewhere(CannotOpen):
    """Another process has this account: it is not ours to use, and nothing is wrong."""

    def __init__(self) -> None:
        super().__init__("elsewhere")


class SignedOut(CannotOpen):
    """The account's session is gone: a person must sign it in again."""


@dataclass(slots=True)
class _Open:
    client: Client
    fence: int  # the lease under which it was opened


class Clients:
    """The clients of this process by account id: of those accounts whose lease it holds.

    `when_opening` are called with (account id, client) before a client connects: whoever wants to
    hear what happened while it was closed adds its handlers then. `when_opened` are awaited before
    anybody else gets the client; when one fails, it could not be opened. `when_refused` are awaited
    with (account id, sign-in, outcome) when Telegram lets no client be opened, or does not say who
    it is.
    """

    def __init__(
        self, database: Database, access: TelegramAccess, sealer: Sealer, leases: Leases
    ) -> None:
        self._database, self._access, self._sealer = database, access, sealer
        self._leases = leases
        self._open: dict[int, _Open] = {}
        self._ended: dict[int, tuple[int, str]] = {}  # the sign-in that is gone, and why
        self._not_before: dict[int, tuple[float, str]] = {}  # on the loop's clock, and why
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.when_opening: list[Callable[[int, Client], None]] = []
        self.when_opened: list[Callable[[int, Client], Awaitable[None]]] = []
        self.when_refused: list[Callable[[int, int, Outcome], Awaitable[None]]] = []

    async def get(self, account_id: int) -> Client:
        """The account's client, opened if need be; Elsewhere or CannotOpen when that fails.

        Ask again for every call: it is also asked whether the account is still ours.
        """
        async with self._locks[account_id]:
            fence, known = await self._leases.take(account_id), self._open.get(account_id)
            if known is not None:
                if fence == known.fence and known.client.is_connected():
                    return known.client
                await self._throw_away(account_id)
            if fence is None:
                raise Elsewhere
            client = await self._connected(account_id)
            self._open[account_id] = _Open(client, fence)
            return client

    async def heed(self, account_id: int, client: Client, outcome: Outcome) -> None:
        """Throw the client away if this outcome of one of its calls ended it.

        With a session that is gone no other is opened, even while its account does not say so yet.
        """
        if isinstance(outcome, AccountLost):
            self._ended[account_id] = client.session.sign_in, outcome.reason
        if ends_client(outcome):
            await self.dispose(account_id, client)

    async def dispose(self, account_id: int, client: Client) -> None:
        """Throw this client away, if that was not done before; the next `get` opens another."""
        async with self._locks[account_id]:
            known = self._open.get(account_id)
            if known is not None and known.client is client:
                await self._throw_away(account_id)

    async def disconnect(self, account_id: int) -> None:
        """Throw the account's client away, whichever it is."""
        async with self._locks[account_id]:
            if account_id in self._open:
                await self._throw_away(account_id)

    async def close(self) -> None:
        """Throw all of them away."""
        await asyncio.gather(*(self.disconnect(account_id) for account_id in list(self._open)))

    async def keep(self) -> None:
        """Write down what the sessions learn, until cancelled."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            for account_id, known in list(self._open.items()):
                await self._save(account_id, known)

    async def check(self) -> None:
        """Ask each of our accounts who it is; a client that cannot say is thrown away."""
        for account_id in list(self._open):
            await self._check(account_id)

    async def _check(self, account_id: int) -> None:
        if (known := self._open.get(account_id)) is None:
            return
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                if await known.client.get_me() is None:
                    raise CallFailed(AccountLost(SIGNED_OUT))
        except Exception as error:
            outcome = outcome_of_exception(error)
            await self.heed(account_id, known.client, outcome)
            await self.dispose(account_id, known.client)  # whatever it was
            await self._refused(account_id, known.client.session.sign_in, outcome)

    async def _connected(self, account_id: int) -> Client:
        not_before, why = self._not_before.get(account_id, (0.0, ""))
        if asyncio.get_running_loop().time() < not_before:
            raise CannotOpen(why)
        session = await self._session(account_id)
        client = make_client(self._access, session)
        for act in self.when_opening:
            act(account_id, client)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                if not await greet(client):
                    raise CallFailed(AccountLost(SIGNED_OUT))
            for welcome in self.when_opened:
                await welcome(account_id, client)
        except Exception as error:
            await close_client(client)
            outcome = outcome_of_exception(error)
            raise await self._refused(account_id, session.sign_in, outcome) from error
        except BaseException:
            await close_client(client)
            raise
        return client

    async def _session(self, account_id: int) -> KeptSession:
        async with self._database.connection() as connection:
            stored = await accounts.get_session(connection, account_id)
        if stored.sealed is None:
            raise await self._refused(account_id, stored.sign_in, AccountLost("signed_out"))
        ended, reason = self._ended.get(account_id, (None, ""))
        if stored.sign_in == ended:
            raise await self._refused(account_id, ended, AccountLost(reason))
        try:
            text = self._sealer.unseal(stored.sealed, stored.user_id)
        except OtherKey as error:
            log.error("Account %d: %s", account_id, error)
            raise CannotOpen("other_secret_key") from None
        except CannotUnseal as error:
            log.error("Account %d: %s", account_id, error)
            lost = AccountLost("cannot_unseal")
            raise await self._refused(account_id, stored.sign_in, lost) from None
        return await load(self._database, account_id, text, stored.sign_in)

    async def _refused(self, account_id: int, sign_in: int, outcome: Outcome) -> CannotOpen:
        """What there is to raise, once it was told. Before a wait is over nothing is opened."""
        reason = getattr(outcome, "reason", repr(outcome))
        if isinstance(outcome, Wait):
            over = asyncio.get_running_loop().time() + outcome.duration.total_seconds()
            self._not_before[account_id] = over, reason
        for tell in self.when_refused:
            await tell(account_id, sign_in, outcome)
        return SignedOut(reason) if isinstance(outcome, AccountLost) else CannotOpen(reason)

    async def _throw_away(self, account_id: int) -> None:
        known = self._open.pop(account_id)
        await close_client(known.client)
        await self._save(account_id, known)

    async def _save(self, account_id: int, known: _Open) -> None:
        try:
            await save(self._database, account_id, known.client.session, known.fence)
        except Exception as error:
            log.warning("Account %d: its session is not written yet: %r", account_id, error)
