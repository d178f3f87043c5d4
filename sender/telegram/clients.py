"""The clients of this process: one connection for each account whose lease it holds.

A client is opened when it is needed. What its session has learnt is saved every few seconds, and
when the client is closed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable

from db.models.reason import Reason
from db.pool import Database
from db.queries import accounts, sessions
from sender.outcome.outcome import AccountLost, CallFailed, Outcome, Wait
from sender.telegram.account_client import OPENING, AccountClient, HealthMonitor
from sender.telegram.connect import TelegramAccess, make_client
from sender.telegram.leases import Leases
from sender.telegram.sealing import CannotUnseal, OtherKey, Sealer
from sender.telegram.session import KeptSession, load, save

log = logging.getLogger(__name__)

SAVE_SECONDS = 5


class CannotOpen(Exception):
    """There is no client for this account now.

    `reason` is Telegram's error name, the class of an exception, or a word of this module.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Elsewhere(CannotOpen):
    """Another process holds the account's lease, which is no error."""

    def __init__(self) -> None:
        super().__init__(Reason.ELSEWHERE)


class SignedOut(CannotOpen):
    """The account's session is gone: an admin must sign it in again."""


class Clients:
    """Opens, checks and closes the clients.

    The callbacks in `when_opening` are called with a client before it connects, so that no update
    is missed. Those in `when_opened` are awaited once it is connected, before `get` returns it; one
    that raises CallFailed makes the opening fail.
    """

    def __init__(
        self,
        database: Database,
        access: TelegramAccess,
        sealer: Sealer,
        leases: Leases,
        health: HealthMonitor,
    ) -> None:
        self._database, self._access, self._sealer = database, access, sealer
        self._leases, self._health = leases, health
        self._open: dict[int, AccountClient] = {}
        self._lost: dict[int, tuple[int, str]] = {}  # the sign-in that was lost, and why
        self._not_before: dict[int, tuple[float, str]] = {}  # of the next opening, and why
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.when_opening: list[Callable[[AccountClient], None]] = []
        self.when_opened: list[Callable[[AccountClient], Awaitable[None]]] = []

    async def get(self, account_id: int) -> AccountClient:
        """Return the account's client, and open it if need be; CannotOpen when that fails.

        Call it before every use of the client: it also checks that the lease still holds.
        """
        async with self._locks[account_id]:
            fence, known = await self._leases.take(account_id), self._open.get(account_id)
            if known is not None:
                if fence == known.fence and known.connected:
                    return known
                await self._close(known)
            if fence is None:
                raise Elsewhere
            client = await self._connect(account_id, fence)
            self._open[account_id] = client
            return client

    async def disconnect(self, account_id: int) -> None:
        """Close the account's client, if one is open."""
        async with self._locks[account_id]:
            if (known := self._open.get(account_id)) is not None:
                await self._close(known)

    async def close(self) -> None:
        """Close all clients."""
        await asyncio.gather(*(self.disconnect(account_id) for account_id in list(self._open)))

    async def save_sessions(self) -> None:
        """Save every few seconds what the sessions have learnt, until cancelled."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            for client in list(self._open.values()):
                await self._save(client)

    async def check(self) -> None:
        """Ask Telegram about each open client's account; discard the clients without an answer."""
        for client in list(self._open.values()):
            if (outcome := await client.check()) is not None:
                self._open_later(client.account_id, outcome)
                await self.discard(client, outcome)

    # --- opening and closing --------------------------------------------------

    async def _connect(self, account_id: int, fence: int) -> AccountClient:
        not_before, why = self._not_before.get(account_id, (0.0, ""))
        if asyncio.get_running_loop().time() < not_before:
            raise CannotOpen(why)
        session = await self._session(account_id)
        telethon = make_client(self._access, session)
        client = AccountClient(account_id, fence, telethon, self._health, self.discard)
        for before in self.when_opening:
            before(client)
        try:
            if (outcome := await client.open()) is not None:
                raise CallFailed(outcome)
            for after in self.when_opened:
                await after(client)
        except CallFailed as error:
            await client.close()
            await self._save(client)
            self._open_later(account_id, error.outcome)
            raise _cannot_open(error.outcome) from error
        except Exception as error:
            await client.close()
            raise CannotOpen(type(error).__name__) from error
        except BaseException:
            await client.close()
            raise
        return client

    async def _session(self, account_id: int) -> KeptSession:
        """Load the session of the latest sign-in; SignedOut when it is gone."""
        async with self._database.connection() as connection:
            stored = await accounts.get_session(connection, account_id)
        if stored.sealed is None:
            raise await self._report_loss(account_id, stored.sign_in, Reason.SIGNED_OUT)
        lost, reason = self._lost.get(account_id, (None, ""))
        if stored.sign_in == lost:
            raise await self._report_loss(account_id, lost, reason)
        try:
            text = self._sealer.unseal(stored.sealed, stored.user_id)
        except OtherKey as error:
            log.error("Account %d: %s", account_id, error)
            raise CannotOpen(Reason.OTHER_SECRET_KEY) from None
        except CannotUnseal as error:
            log.error("Account %d: %s", account_id, error)
            raise await self._report_loss(
                account_id, stored.sign_in, Reason.CANNOT_UNSEAL
            ) from None
        return await load(self._database, account_id, text, stored.sign_in)

    async def _report_loss(self, account_id: int, sign_in: int, reason: str) -> CannotOpen:
        """Report to the health that this session is gone, and return the error to raise."""
        outcome, now = AccountLost(reason), asyncio.get_running_loop().time()
        await self._health.report(account_id, sign_in, OPENING, outcome, now)
        return _cannot_open(outcome)

    def _open_later(self, account_id: int, outcome: Outcome) -> None:
        """Open no client of the account before the end of a flood wait, which it would meet again.

        Other outcomes change nothing.
        """
        if isinstance(outcome, Wait):
            over = asyncio.get_running_loop().time() + outcome.duration.total_seconds()
            self._not_before[account_id] = over, outcome.reason

    async def discard(self, client: AccountClient, outcome: Outcome) -> None:
        """Close a client that an outcome has ended; the next `get` opens another.

        After AccountLost no other client is opened with this session, even before its row says so.
        """
        if isinstance(outcome, AccountLost):
            self._lost[client.account_id] = client.session.sign_in, outcome.reason
        if self._open.get(client.account_id) is not client:
            return  # it is being opened, or is closed already
        async with self._locks[client.account_id]:
            if self._open.get(client.account_id) is client:
                await self._close(client)

    async def _close(self, client: AccountClient) -> None:
        del self._open[client.account_id]
        await client.close()
        await self._save(client)

    async def _save(self, client: AccountClient) -> None:
        try:
            if client.session.has_moved:
                await self._seal(client)
            await save(self._database, client.account_id, client.session, client.fence)
        except Exception as error:
            log.warning("Account %d: its session is not saved yet: %r", client.account_id, error)

    async def _seal(self, client: AccountClient) -> None:
        """Store the key of a session that has moved to another data centre."""
        async with self._database.connection() as connection:
            stored = await accounts.get_session(connection, client.account_id)
            sealed = self._sealer.seal(client.session.save(), stored.user_id)
            args = client.account_id, client.session.sign_in, client.fence, sealed
            await sessions.replace(connection, *args)


def _cannot_open(outcome: Outcome) -> CannotOpen:
    reason = getattr(outcome, "reason", repr(outcome))
    return SignedOut(reason) if isinstance(outcome, AccountLost) else CannotOpen(reason)
