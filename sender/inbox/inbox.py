"""Acts on the replies that the listener stores.

Each reply is handled in a transaction of its own, and once more when its text is edited. An opt-out
suppresses the person under every known name. An unclear reply becomes a question to the admins. The
question stays when the reply is edited into something harmless, and shows the text of the latest
edit: what was meant is for an admin to say. The reply is marked as handled in the same transaction,
so a crash at any moment loses nothing and repeats nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import timedelta

from db import barring
from db.models.account import AccountStatus
from db.models.installation import Installation
from db.models.opt_out import Intent, intent_of, language
from db.models.reply import ClaimedReply
from db.models.suppression import SuppressionReason
from db.notifications import Notifications
from db.pool import Connection, Database
from db.queries import (
    accounts,
    opt_out_confirmations,
    replies,
    suppressions,
    unclear_replies,
)
from sender.inbox.opt_out_confirmations import OptOutConfirmations
from sender.outcome.outcome import CallFailed, Wait
from sender.telegram.account_client import AccountClient
from sender.telegram.clients import CannotOpen, Clients
from sender.telegram.listener import Listener

log = logging.getLogger(__name__)

CHANNEL = "inbox"
POLL_SECONDS = 2.0
RECHECK_SECONDS = 0.2  # finds deliveries that were being frozen while their person was suppressed
HOLD_SECONDS = 15.0  # between two rounds over the accounts; how soon a released one is opened
SWEEP_SECONDS = 180.0  # between two sweeps of an account
FRESH_SECONDS = 5.0  # a sweep that is not older is not repeated before a campaign begins
SETTLE_TIME = timedelta(seconds=1)  # a reply may come so soon, before its delivery is settled
_LISTENING = frozenset({AccountStatus.ACTIVE, AccountStatus.RESTING, AccountStatus.LIMITED})


class Inbox:
    """Keeps the accounts listening and acts on the replies that they get.

    `withhold` is called with the ids of the deliveries that must not leave any more.
    """

    def __init__(
        self,
        database: Database,
        clients: Clients,
        installation: Installation,
        withhold: Callable[[Collection[int]], None],
    ) -> None:
        self._database, self._clients, self._withhold = database, clients, withhold
        self._key = installation.suppression_key
        self._listener = Listener(database, self._key)
        self._confirmations = OptOutConfirmations(database, clients, installation)
        self._working = asyncio.Lock()
        self._swept_at: dict[int, float] = {}  # by account, on the loop's clock
        self._not_before: dict[int, float] = {}  # of the next sweep, after a flood wait
        self.caught_up = asyncio.Event()
        clients.when_opening.append(self._listener.attend)
        clients.when_opened.append(self._sweep_and_act)

    async def work(self) -> None:
        """Act on replies and send confirmations as they come, until cancelled."""
        notifications = Notifications(self._database, CHANNEL)
        wait = POLL_SECONDS
        try:
            while True:
                notified = await notifications.wait(wait)
                wait = POLL_SECONDS
                try:
                    await self.act()
                    if notified:
                        wait = RECHECK_SECONDS
                    await self._confirmations.send_due()
                    await self._count()
                except Exception as error:
                    log.warning("Cannot act on the replies now: %r", error)
        finally:
            await notifications.close()

    async def watch(self) -> None:
        """Keep every account listening and sweep it regularly, until cancelled.

        `caught_up` is set after the first round. Nothing may be sent before it.
        """
        while True:
            if self._listener.missed.is_set():
                self._listener.missed.clear()
                self._swept_at.clear()
            try:
                await self._sweep_all(SWEEP_SECONDS)
            except Exception as error:
                log.warning("Cannot sweep the accounts now: %r", error)
            self.caught_up.set()
            try:
                async with asyncio.timeout(HOLD_SECONDS):
                    await self._listener.missed.wait()
                await asyncio.sleep(POLL_SECONDS)
            except TimeoutError:
                pass

    async def catch_up(self) -> None:
        """Sweep the accounts without a fresh sweep, before a campaign begins or goes on."""
        await self._sweep_all(FRESH_SECONDS)

    async def act(self) -> None:
        """Handle every waiting reply, then withhold the deliveries whose person is suppressed."""
        async with self._working:
            while await self._act_on_one():
                pass
            async with self._database.connection() as connection:
                self._withhold(await replies.find_suppressed_in_flight(connection))

    async def _act_on_one(self) -> bool:
        async with self._database.transaction() as connection:
            reply = await replies.claim(connection)
            if reply is None:
                return False
            await unclear_replies.revise(connection, reply)
            match intent_of(reply.text):
                case Intent.STOP:
                    await self._opt_out(connection, reply)
                case Intent.UNCLEAR:
                    await self._ask(connection, reply)
                case Intent.OTHER:
                    pass
            await replies.mark_handled(connection, reply.account_id, reply.message_id)
            return True

    async def _opt_out(self, connection: Connection, reply: ClaimedReply) -> None:
        people = [reply.peer_id]
        if await barring.bar(connection, self._key, SuppressionReason.OPT_OUT, user_ids=people):
            await replies.count_opt_out(connection, reply.peer_id)
        await unclear_replies.close(connection, reply.peer_id)
        await opt_out_confirmations.add(
            connection, reply.peer_id, reply.account_id, language(reply.text)
        )

    async def _ask(self, connection: Connection, reply: ClaimedReply) -> None:
        """Suppress the person until an admin has decided what the reply means."""
        found = await barring.find_carriers(connection, self._key, user_ids=[reply.peer_id])
        if await suppressions.is_suppressed(connection, found.hashes):
            return
        if await unclear_replies.add(
            connection, reply.peer_id, reply.account_id, reply.text, reply.message_id
        ):
            await suppressions.add(connection, found.hashes, SuppressionReason.UNCLEAR_REPLY)

    async def _count(self) -> None:
        async with self._database.connection() as connection:
            await replies.count_answers(connection, SETTLE_TIME)
            await replies.count_reads(connection, SETTLE_TIME)

    async def _sweep_all(self, every: float) -> None:
        """Open every account, and sweep those whose last sweep is `every` seconds old."""
        async with self._database.connection() as connection:
            found = await accounts.page(connection)
        async with asyncio.TaskGroup() as group:
            for account in found:
                if account.status in _LISTENING:
                    group.create_task(self._sweep(account.id, every))

    async def _sweep(self, account_id: int, every: float) -> None:
        try:
            client = await self._clients.get(account_id)  # a client that is opened is swept, too
        except CannotOpen as error:
            log.info("Account %d does not listen now: %s", account_id, error)
            return
        now = asyncio.get_running_loop().time()
        fresh = now < self._swept_at.get(account_id, now - every) + every
        if fresh or now < self._not_before.get(account_id, now):
            return
        try:
            await self._sweep_and_act(client)
        except CallFailed as error:
            log.info("Account %d is not swept now: %s", account_id, error)
            if isinstance(error.outcome, Wait):
                self._not_before[account_id] = now + error.outcome.duration.total_seconds()

    async def _sweep_and_act(self, client: AccountClient) -> None:
        """Sweep the account's dialogs and act on the replies that were found."""
        await self._listener.sweep(client)
        await self.act()
        self._swept_at[client.account_id] = asyncio.get_running_loop().time()
