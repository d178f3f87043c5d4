"""The one door to Telegram: the client of an account, through which every call goes.

Each call has a time limit. An error becomes an outcome by the error table. Each outcome is reported
to the account's health before the caller gets it, but for a call that this process cut by closing
the client. A client that failed is discarded and never reconnected: Telethon would send what was
queued in it on the next connect, long after the engine has decided otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any, Protocol, TypeAlias, TypeVar, cast, get_args

from telethon import events
from telethon.tl import types

from sender.outcome.outcome import AccountLost, Ambiguous, CallFailed, Outcome, Wait, ends_client
from sender.telegram.connect import close_client, connect_and_catch_up
from sender.telegram.session import KeptSession
from sender.telegram.translate import outcome_of_exception

Telethon: TypeAlias = Any  # Telethon carries no types
Result = TypeVar("Result")

CALL_SECONDS = 30.0
OPEN_SECONDS = 30.0
UPLOAD_SECONDS = 300.0
SIGNED_OUT = "AUTH_KEY_UNREGISTERED"
DISCONNECTED = "DISCONNECTED"  # by this process, before or during the call
# Names for what Telethon makes several calls of; other calls go by the class of their request.
OPENING, CHECKING, UPLOADING = "open", "check", "upload"
OUTCOMES = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Answer:
    """A TL object that Telegram answered. `call(request, Answer)` returns it unread."""

    value: Any


class HealthMonitor(Protocol):
    """What a client needs of the health of its account (sender.accounts.health)."""

    def wait_of(self, account_id: int, call: str) -> timedelta:
        """Return for how long this call must not be made; zero when it may be."""

    async def report(
        self, account_id: int, sign_in: int, call: str, outcome: Outcome | None, began_at: float
    ) -> None:
        """Record the outcome of a call; None: it was answered.

        `sign_in` is the number of the sign-in that made the call. It began at `began_at` on the
        loop's clock.
        """


class AccountClient:
    """One connection of one account, under the lease whose fencing token is `fence`.

    `discard` is awaited with an outcome that ends this client, before the health is told.
    """

    def __init__(
        self,
        account_id: int,
        fence: int,
        telethon: Telethon,
        health: HealthMonitor,
        discard: Callable[[AccountClient, Outcome], Awaitable[None]],
    ) -> None:
        self.account_id, self.fence = account_id, fence
        self._telethon, self._health, self._discard = telethon, health, discard
        self._closed = asyncio.Event()  # by this process: Telegram is not silent then

    @property
    def session(self) -> KeptSession:
        session: KeptSession = self._telethon.session
        return session

    @property
    def connected(self) -> bool:
        return bool(self._telethon.is_connected())

    def listen(self, handler: Callable[[Any], Awaitable[None]], updates: tuple[Any, ...]) -> None:
        """Pass updates of these TL types to `handler`."""
        self._telethon.add_event_handler(handler, events.Raw(updates))

    def known_user(self, user_id: int) -> tuple[int, int] | None:
        """Return (id, access hash) of a user whom this session has seen; None for others."""
        try:
            seen = self.session.get_input_entity(types.PeerUser(user_id))
        except ValueError:
            return None
        return seen.user_id, seen.access_hash

    def known_carrier(self, *, phone: str | None, username: str | None) -> int | None:
        """Return the id of the user whom this session has last seen under this name, or None."""
        if username is not None:
            row = self.session.get_entity_rows_by_username(username)
        else:
            row = self.session.get_entity_rows_by_phone((phone or "").lstrip("+"))
        return row[0] if row is not None and row[0] > 0 else None

    # --- calls ------------------------------------------------------------------

    async def open(self) -> Outcome | None:
        """Connect and catch up with missed updates. None on success, else the outcome."""
        return await self._make(OPENING, self._connect, lambda _: None, OPEN_SECONDS)

    async def call(self, request: Any, read: Callable[[Any], Result]) -> Result | Outcome:
        """Make one call and return `read` of its answer, or the outcome of the call.

        While the call must wait, after a flood wait, return the rest of that Wait without a call.
        """
        name = type(request).__name__
        return await self._make(name, lambda: self._telethon(request), read, CALL_SECONDS)

    async def upload(
        self, content: bytes, file_name: str, read: Callable[[Any], Result]
    ) -> Result | Outcome:
        """Upload a file in parts and return `read` of Telethon's handle of it, or the outcome."""

        def begin() -> Awaitable[Any]:
            upload: Awaitable[Any] = self._telethon.upload_file(
                BytesIO(content), file_name=file_name
            )
            return upload

        return await self._make(UPLOADING, begin, read, UPLOAD_SECONDS)

    async def check(self) -> Outcome | None:
        """Ask Telegram which account this is. None when it answers, else the outcome."""
        return await self._make(CHECKING, self._get_me, lambda _: None, OPEN_SECONDS)

    async def close(self) -> None:
        """Disconnect for good. A call in flight is in doubt from here on, and none is made."""
        self._closed.set()
        await close_client(self._telethon)

    async def _make(
        self,
        call: str,
        begin: Callable[[], Awaitable[Any]],
        read: Callable[[Any], Result],
        seconds: float,
    ) -> Result | Outcome:
        began_at = asyncio.get_running_loop().time()
        if left := self._health.wait_of(self.account_id, call):
            return Wait.of(left, call)
        if self._closed.is_set():
            return Ambiguous(DISCONNECTED, client_failed=True)
        answer: Result | None = None
        outcome: Outcome | None = None
        try:
            async with asyncio.timeout(seconds):
                answer = read(await begin())
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # this task is being stopped
            outcome = Ambiguous(DISCONNECTED, client_failed=True)  # the client was closed
        except Exception as error:
            outcome = outcome_of_exception(error)
        reported = outcome or (answer if isinstance(answer, OUTCOMES) else None)
        we_cut_it = self._closed.is_set() and isinstance(reported, Ambiguous)
        if reported is not None and ends_client(reported):
            await self._discard(self, reported)
        if not we_cut_it:
            sign_in = self.session.sign_in
            await self._health.report(self.account_id, sign_in, call, reported, began_at)
        return outcome or cast(Result, answer)

    async def _connect(self) -> None:
        if not await connect_and_catch_up(self._telethon):
            raise CallFailed(AccountLost(SIGNED_OUT))

    async def _get_me(self) -> None:
        if await self._telethon.get_me() is None:
            raise CallFailed(AccountLost(SIGNED_OUT))
