"""What follows from what people answer: the work on the rows that the listening has written.

Each reply is read in a transaction of its own: whoever says STOP is barred under every name that
we know, an unclear word becomes a question to the admins, and the row is marked with it. So a kill
at any moment loses nothing and does nothing twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import timedelta

from db.models.account import AccountStatus
from db.models.contact import identity_hash
from db.models.installation import Installation
from db.models.opt_out import Reading, language, read
from db.models.reply import Heard
from db.models.suppression import SuppressionReason
from db.notifications import Notifications
from db.pool import Connection, Database
from db.queries import accounts, replies, suppressions
from db.queries import unclear_replies as doubts
from sender.accounts.health import AccountHealth
from sender.inbox.opt_out_confirmations import OptOutConfirmations
from sender.outcome.outcome import CallFailed, Wait
from sender.telegram.clients import CannotOpen, Client, Clients
from sender.telegram.listener import Listener

log = logging.getLogger(__name__)

CHANNEL = "inbox"
POLL_SECONDS = 2.0
RECHECK_SECONDS = 0.2  # what was being frozen while somebody was barred is caught the second time
HOLD_SECONDS = 15.0  # how soon an account listens again that was let go by somebody
SWEEP_SECONDS = 180.0
FRESH_SECONDS = 5.0  # who was looked through just now need not be again
SETTLE_TIME = timedelta(seconds=1)  # what is answered this fast may not be settled yet
_AWAKE = frozenset({AccountStatus.ACTIVE, AccountStatus.RESTING, AccountStatus.LIMITED})


class Inbox:
    """Hears and acts. `withhold` is told which deliveries must not leave any more."""

    def __init__(
        self,
        database: Database,
        clients: Clients,
        this: Installation,
        health: AccountHealth,
        withhold: Callable[[Collection[int]], None],
    ) -> None:
        self._database, self._clients, self._withhold = database, clients, withhold
        self._health = health
        self._key = this.suppression_key
        self._listening = Listener(database)
        self._farewells = OptOutConfirmations(database, clients, this, health)
        self._working = asyncio.Lock()
        self._looked_through: dict[int, float] = {}  # by account, on the loop's clock
        self._refused_until: dict[int, float] = {}
        self.caught_up = asyncio.Event()
        clients.when_opening.append(self._listening.attend)
        clients.when_opened.append(self._look_through)

    async def work(self) -> None:
        """Act on rows as they come, until cancelled."""
        notifications = Notifications(self._database, CHANNEL)
        wait = POLL_SECONDS
        try:
            while True:
                nudged = await notifications.wait(wait)
                wait = POLL_SECONDS
                try:
                    await self.act()
                    if nudged:
                        wait = RECHECK_SECONDS
                    await self._farewells.say()
                    await self._count()
                except Exception as error:
                    log.warning("The inbox waits: %r", error)
        finally:
            await notifications.close()

    async def watch(self) -> None:
        """Keep every account listening, and look for what no event has told, until cancelled.

        `caught_up` is set after the first round: before it nothing may be sent.
        """
        while True:
            if self._listening.missed.is_set():
                self._listening.missed.clear()
                self._looked_through.clear()
            try:
                await self._round(SWEEP_SECONDS)
            except Exception as error:
                log.warning("The sweep missed a turn: %r", error)
            self.caught_up.set()
            try:
                async with asyncio.timeout(HOLD_SECONDS):
                    await self._listening.missed.wait()
                await asyncio.sleep(POLL_SECONDS)
            except TimeoutError:
                pass

    async def catch_up(self) -> None:
        """Look for what no event has told, before a campaign begins or goes on."""
        await self._round(FRESH_SECONDS)

    async def act(self) -> None:
        """Act on every reply that waits, then hold back whoever opted out on the way."""
        async with self._working:
            while await self._act_on_one():
                pass
            async with self._database.connection() as connection:
                self._withhold(await replies.find_barred_on_their_way(connection))

    async def _act_on_one(self) -> bool:
        async with self._database.transaction() as connection:
            heard = await replies.claim(connection)
            if heard is None:
                return False
            match read(heard.text):
                case Reading.STOP:
                    await self._opt_out(connection, heard)
                case Reading.UNCLEAR:
                    await self._ask(connection, heard)
                case Reading.OTHER:
                    pass
            await replies.mark_handled(connection, heard.account_id, heard.message_id)
            return True

    async def _opt_out(self, connection: Connection, heard: Heard) -> None:
        names = await self._names(connection, heard.peer_id)
        if await suppressions.add(connection, names, SuppressionReason.OPT_OUT):
            await replies.count_opt_out(connection, heard.peer_id)
        await doubts.close(connection, heard.peer_id)
        await doubts.add_farewell(connection, heard.peer_id, heard.account_id, language(heard.text))

    async def _ask(self, connection: Connection, heard: Heard) -> None:
        """Nobody writes to them until an admin has said what they meant."""
        names = await self._names(connection, heard.peer_id)
        if await suppressions.is_barred(connection, names):
            return
        if await doubts.add(connection, heard.peer_id, heard.account_id, heard.text):
            await suppressions.add(connection, names, SuppressionReason.ASKED)

    async def _names(self, connection: Connection, person: int) -> set[bytes]:
        known = await suppressions.find_names_of_person(connection, person)
        return known | {identity_hash(self._key, f"id:{person}")}

    async def _count(self) -> None:
        async with self._database.connection() as connection:
            await replies.count_answers(connection, SETTLE_TIME)
            await replies.count_reads(connection, SETTLE_TIME)

    async def _round(self, every: float) -> None:
        async with self._database.connection() as connection:
            found = await accounts.page(connection)
        async with asyncio.TaskGroup() as group:
            for account in found:
                if account.status in _AWAKE:
                    group.create_task(self._sweep(account.id, every))

    async def _sweep(self, account_id: int, every: float) -> None:
        try:
            client = await self._clients.get(account_id)  # opening it looks through, too
        except CannotOpen as error:
            log.info("Account %d does not listen now: %s", account_id, error)
            return
        now = asyncio.get_running_loop().time()
        fresh = now < self._looked_through.get(account_id, now - every) + every
        if fresh or now < self._refused_until.get(account_id, now):
            return
        try:
            await self._look_through(account_id, client)
        except CallFailed as error:
            log.info("Account %d is not looked through now: %s", account_id, error)
            if isinstance(error.outcome, Wait):
                self._refused_until[account_id] = now + error.outcome.duration.total_seconds()
            await self._clients.heed(account_id, client, error.outcome)
            await self._health.heed(account_id, client.session.sign_in, error.outcome)

    async def _look_through(self, account_id: int, client: Client) -> None:
        await self._listening.sweep(account_id, client)
        await self.act()
        self._looked_through[account_id] = asyncio.get_running_loop().time()
