"""Whose client is opened, when it is thrown away, and what its end says about the account."""

from __future__ import annotations

from typing import Any

import pytest

from db.models.account import Account, AccountStatus
from db.pool import Database
from db.queries import accounts
from sandbox.faults import flood_wait
from sandbox.server import Sandbox
from sender.accounts.health import AccountHealth
from sender.outcome.outcome import AccountLost, Outcome, Wait
from sender.telegram.clients import CannotOpen, Clients, SignedOut
from sender.telegram.connect import TelegramAccess
from tests.sender.stage import ACCOUNT_ID, open_clients


async def told_clients(
    database: Database, access: TelegramAccess
) -> tuple[Clients, list[tuple[int, int, Outcome]]]:
    """Clients, and what they tell when they are refused."""
    clients = await open_clients(database, access)
    told: list[tuple[int, int, Outcome]] = []

    async def keep(*refusal: Any) -> None:
        told.append(refusal)

    clients.when_refused.append(keep)
    return clients, told


async def test_an_account_whose_session_ended_is_found_by_asking(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    clients, told = await told_clients(database, access)
    await clients.get(account.id)
    await clients.check()
    assert told == []
    sandbox.mtproto.revoke(ACCOUNT_ID)
    await clients.check()
    assert told == [(account.id, 1, AccountLost("AUTH_KEY_UNREGISTERED"))]


async def test_a_loss_is_that_of_one_sign_in(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    clients, told = await told_clients(database, access)
    health = AccountHealth(database, lambda: None)

    async def status_after_the_last() -> AccountStatus:
        await health.heed(*told[-1])
        async with database.connection() as connection:
            return (await accounts.get(connection, account.id)).status

    await clients.get(account.id)
    async with database.connection() as connection:  # signed in anew, while the client is open
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
    assert await status_after_the_last() is AccountStatus.ACTIVE, "the later sign-in may be alive"
    with pytest.raises(SignedOut):
        await clients.get(account.id)
    assert await status_after_the_last() is AccountStatus.LOST


async def test_a_session_that_is_gone_is_not_opened_again(
    database: Database, access: TelegramAccess, account: Account
) -> None:
    """Not even before the account's row says so: what was given back is claimed at once."""
    clients = await open_clients(database, access)
    client = await clients.get(account.id)
    await clients.heed(account.id, client, AccountLost("SESSION_REVOKED"))
    with pytest.raises(SignedOut, match="SESSION_REVOKED"):
        await clients.get(account.id)
    async with database.connection() as connection:  # and a person signs it in again
        await connection.execute("UPDATE accounts SET sign_in = sign_in + 1")
    assert await clients.get(account.id) is not client
    await clients.close()


async def test_who_must_wait_before_saying_who_it_is_is_not_asked_again(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    clients, told = await told_clients(database, access)
    await clients.get(account.id)
    flood = sandbox.faults.script(flood_wait(60), method="users.getUsers", count=None)
    await clients.check()
    assert told == [(account.id, 1, Wait(60, "FLOOD_WAIT_60"))]
    with pytest.raises(CannotOpen, match="FLOOD_WAIT_60"):
        await clients.get(account.id)
    assert flood.times_hit == 1


async def test_only_the_holder_of_the_lease_opens_a_client(
    database: Database, access: TelegramAccess, account: Account
) -> None:
    first, second = [await open_clients(database, access, name=name) for name in ("a", "b")]
    client = await first.get(account.id)
    with pytest.raises(CannotOpen, match="elsewhere"):
        await second.get(account.id)
    assert await first.get(account.id) is client, "and it is used again"
    await first.close()


async def test_a_client_is_thrown_away_once(
    database: Database, access: TelegramAccess, account: Account
) -> None:
    clients = await open_clients(database, access)
    first = await clients.get(account.id)
    await clients.dispose(account.id, first)
    second = await clients.get(account.id)
    assert second is not first
    await clients.dispose(account.id, first)
    assert await clients.get(account.id) is second, "that one was thrown away before"
    await clients.close()
