"""When a client is opened and discarded, and what its calls report to the health."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from db.models.account import Account, AccountStatus
from db.pool import Database
from db.queries import accounts
from sandbox.faults import Cut, Latency, RpcError, flood_wait
from sandbox.server import Sandbox
from sender.accounts.health import MOST_UNANSWERED, AccountHealth
from sender.background import Signal
from sender.outcome.outcome import AccountLost, Ambiguous, Outcome, Wait
from sender.telegram.account_client import DISCONNECTED, AccountClient, HealthMonitor
from sender.telegram.clients import CannotOpen, Clients, SignedOut
from sender.telegram.connect import TelegramAccess
from sender.telegram.listener import Listener
from tests.sender.clients import open_clients
from tests.sender.stage import ACCOUNT_ID
from tests.waiting import until


class Recorder:
    """Records what clients report, and passes it on to a health if there is one."""

    def __init__(self, health: HealthMonitor | None = None) -> None:
        self._health = health
        self.reports: list[tuple[int, int, Outcome]] = []

    def wait_of(self, account_id: int, call: str) -> timedelta:
        return timedelta() if self._health is None else self._health.wait_of(account_id, call)

    async def report(
        self, account_id: int, sign_in: int, call: str, outcome: Outcome | None, began_at: float
    ) -> None:
        if outcome is not None:
            self.reports.append((account_id, sign_in, outcome))
        if self._health is not None:
            await self._health.report(account_id, sign_in, call, outcome, began_at)


@pytest.fixture
def recorder(database: Database) -> Recorder:
    return Recorder(AccountHealth(database, Signal()))


async def status_of(database: Database, account: Account) -> AccountStatus:
    async with database.connection() as connection:
        return (await accounts.get(connection, account.id)).status


async def test_a_check_finds_a_revoked_session(
    database: Database,
    access: TelegramAccess,
    sandbox: Sandbox,
    account: Account,
    recorder: Recorder,
) -> None:
    clients = await open_clients(database, access, health=recorder)
    await clients.get(account.id)
    await clients.check()
    assert recorder.reports == []
    sandbox.mtproto.revoke(ACCOUNT_ID)
    await clients.check()
    assert recorder.reports == [(account.id, 1, AccountLost("AUTH_KEY_UNREGISTERED"))]
    assert await status_of(database, account) is AccountStatus.LOST


async def test_a_loss_concerns_the_sign_in_that_made_the_call(
    database: Database,
    access: TelegramAccess,
    sandbox: Sandbox,
    account: Account,
    recorder: Recorder,
) -> None:
    clients = await open_clients(database, access, health=recorder)
    await clients.get(account.id)
    async with database.connection() as connection:  # a second sign-in, while the client is open
        _, sealed, _ = await accounts.get_session(connection, account.id)
        await accounts.connect(
            connection,
            user_id=ACCOUNT_ID,
            name="Olga",
            phone=None,
            username=None,
            session_sealed=sealed or b"",
        )
    sandbox.mtproto.revoke(ACCOUNT_ID)
    await clients.check()
    assert recorder.reports[-1][:2] == (account.id, 1)
    assert await status_of(database, account) is AccountStatus.ACTIVE, "the later one may be alive"
    with pytest.raises(SignedOut):
        await clients.get(account.id)
    assert await status_of(database, account) is AccountStatus.LOST


async def test_a_lost_session_is_not_opened_before_another_sign_in(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    """Not even before the account's row says so: a row given back is claimed again at once."""
    clients = await open_clients(database, access, health=Recorder())
    client = await clients.get(account.id)
    sandbox.faults.script(RpcError("SESSION_REVOKED", 401), method="users.getUsers")
    await clients.check()
    with pytest.raises(SignedOut, match="AUTH_KEY_UNREGISTERED"):
        await clients.get(account.id)
    async with database.connection() as connection:  # a person signs it in again
        await connection.execute("UPDATE accounts SET sign_in = sign_in + 1")
    assert await clients.get(account.id) is not client
    await clients.close()


async def test_opening_is_not_repeated_during_its_flood_wait(
    database: Database,
    access: TelegramAccess,
    sandbox: Sandbox,
    account: Account,
    recorder: Recorder,
) -> None:
    clients = await open_clients(database, access, health=recorder)
    flood = sandbox.faults.script(flood_wait(60), method="users.getUsers", count=None)
    for _ in range(2):
        with pytest.raises(CannotOpen, match=r"FLOOD_WAIT_60|open"):
            await clients.get(account.id)
    assert flood.times_hit == 1
    assert recorder.reports == [(account.id, 1, Wait(60, "FLOOD_WAIT_60"))]
    assert await status_of(database, account) is AccountStatus.RESTING


async def test_only_the_holder_of_the_lease_opens_a_client(
    database: Database, access: TelegramAccess, account: Account
) -> None:
    first, second = [await open_clients(database, access, name=name) for name in ("a", "b")]
    client = await first.get(account.id)
    with pytest.raises(CannotOpen, match="elsewhere"):
        await second.get(account.id)
    assert await first.get(account.id) is client, "and it is used again"
    await first.close()


async def test_a_failed_client_is_discarded_and_its_successor_is_kept(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    clients = await open_clients(database, access)
    first = await clients.get(account.id)
    sandbox.faults.script(Cut("before_effect"), method="users.getUsers")
    await clients.check()
    second = await clients.get(account.id)
    assert second is not first
    assert await first.check() is not None, "it is closed for good"
    assert await clients.get(account.id) is second
    await clients.close()


async def check_and_close(
    sandbox: Sandbox, clients: Clients, client: AccountClient
) -> Outcome | None:
    """Return the outcome of a check during which its client is closed."""
    slow = sandbox.faults.script(Latency(60), method="users.getUsers")
    async with asyncio.TaskGroup() as group:
        under_way = group.create_task(client.check())
        await until(lambda: slow.times_hit == 1)
        await clients.disconnect(client.account_id)
    return under_way.result()


async def test_a_client_that_this_process_closes_leaves_no_silence_of_telegram(
    database: Database,
    access: TelegramAccess,
    sandbox: Sandbox,
    account: Account,
    recorder: Recorder,
) -> None:
    """A process that hands an account over cuts what is under way, and more may follow."""
    clients = await open_clients(database, access, health=recorder)
    for _ in range(MOST_UNANSWERED + 1):
        client = await clients.get(account.id)
        cut = await check_and_close(sandbox, clients, client)
        assert cut == Ambiguous(DISCONNECTED, client_failed=True)
        assert await client.check() == Ambiguous(DISCONNECTED, client_failed=True)
    assert recorder.reports == []
    assert await status_of(database, account) is AccountStatus.ACTIVE


async def test_a_connection_that_telegram_cuts_counts_once_for_its_client(
    database: Database,
    access: TelegramAccess,
    sandbox: Sandbox,
    account: Account,
    recorder: Recorder,
) -> None:
    clients = await open_clients(database, access, health=recorder)
    for _ in range(MOST_UNANSWERED):
        client = await clients.get(account.id)
        sandbox.faults.script(Cut("before_effect"), method="users.getUsers")
        for _ in range(3):
            assert isinstance(await client.check(), Ambiguous)
    assert len(recorder.reports) == MOST_UNANSWERED
    assert await status_of(database, account) is AccountStatus.RESTING
    await clients.close()


async def test_an_account_that_may_not_say_who_it_is_is_not_asked_again(
    database: Database,
    access: TelegramAccess,
    sandbox: Sandbox,
    account: Account,
    recorder: Recorder,
) -> None:
    """The health check and the opening ask the same question."""
    clients = await open_clients(database, access, health=recorder)
    await clients.get(account.id)
    flood = sandbox.faults.script(flood_wait(60), method="users.getUsers", count=None)
    for _ in range(2):
        await clients.check()
        with suppress(CannotOpen):
            await clients.get(account.id)
    assert flood.times_hit == 1
    await clients.close()


async def test_an_account_that_may_not_look_is_not_connected_again_and_again(
    database: Database,
    access: TelegramAccess,
    sandbox: Sandbox,
    account: Account,
    recorder: Recorder,
) -> None:
    async with database.connection() as connection:
        met = "INSERT INTO entities (account_id, entity_id, access_hash) VALUES ($1, 7, 7)"
        await connection.execute(met, account.id)
    clients = await open_clients(database, access, health=recorder)
    clients.when_opened.append(Listener(database, b"key").sweep)
    flood = sandbox.faults.script(flood_wait(60), method="messages.getDialogs", count=None)
    opened = sandbox.faults.script(Latency(0), method="users.getUsers", count=None)
    for _ in range(3):
        with pytest.raises(CannotOpen, match="FLOOD_WAIT_60"):
            await clients.get(account.id)
    assert (flood.times_hit, opened.times_hit) == (1, 1)
