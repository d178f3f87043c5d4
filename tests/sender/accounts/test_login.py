"""An account signs in by code and password; mistyped ones are asked for again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.models.account import Account, AccountStatus
from db.pool import Database
from db.queries import accounts
from sandbox.server import Sandbox
from sender.accounts.login import LoginFailed, adopt_session, connect_account
from sender.telegram.clients import CannotOpen, SignedOut
from sender.telegram.connect import TelegramAccess
from tests.sender.clients import open_clients
from tests.sender.stage import ACCOUNT_ID, SECRET_KEY


async def sign_in(
    database: Database, access: TelegramAccess, said: list[str], *answers: str
) -> Account:
    """Sign in with these typed answers; `said` gets what is said before a repeated question."""
    typed: Iterator[str] = iter(answers)

    async def ask_password() -> str:
        return next(typed)

    return await connect_account(
        database,
        SECRET_KEY,
        access,
        ask_phone=lambda: next(typed),
        ask_code=lambda: next(typed),
        ask_password=ask_password,
        say=said.append,
    )


async def test_a_code_connects_an_account(database: Database, access: TelegramAccess) -> None:
    account = await sign_in(database, access, [], "+12025550100", "12345")
    assert (account.user_id, account.name, account.phone) == (ACCOUNT_ID, "Olga", "+12025550100")
    assert account.status is AccountStatus.ACTIVE
    async with database.connection() as connection:
        stored = await accounts.get_session(connection, account.id)
    assert stored.sealed is not None


async def test_a_mistyped_code_is_asked_for_again(
    database: Database, access: TelegramAccess
) -> None:
    said: list[str] = []
    await sign_in(database, access, said, "+12025550100", "11111", "22222", "12345")
    assert said == ["This is not the code that Telegram sent."] * 2


async def test_three_wrong_codes_end_the_sign_in(
    database: Database, access: TelegramAccess
) -> None:
    with pytest.raises(LoginFailed, match="not the code"):
        await sign_in(database, access, [], "+12025550100", "11111", "22222", "33333")
    async with database.connection() as connection:
        assert await accounts.page(connection) == []


async def test_a_second_factor_is_asked_for(
    database: Database, access: TelegramAccess, sandbox: Sandbox
) -> None:
    sandbox.world.people[ACCOUNT_ID].password = "open sesame"
    said: list[str] = []
    account = await sign_in(
        database, access, said, "+12025550100", "12345", "mistyped", "open sesame"
    )
    assert account.user_id == ACCOUNT_ID
    assert said == ["This is not the account's password."]


async def test_an_unknown_phone_is_refused_with_a_sentence(
    database: Database, access: TelegramAccess
) -> None:
    with pytest.raises(LoginFailed, match="number"):
        await sign_in(database, access, [], "+10000", "12345")


async def test_a_revoked_session_is_not_adopted(
    database: Database, access: TelegramAccess, sandbox: Sandbox
) -> None:
    session = sandbox.issue_session(ACCOUNT_ID)
    sandbox.mtproto.revoke(ACCOUNT_ID)
    with pytest.raises(LoginFailed, match="sign in again"):
        await adopt_session(database, SECRET_KEY, access, session)


async def test_a_wrong_secret_key_opens_no_client(
    database: Database, access: TelegramAccess, account: Account
) -> None:
    clients = await open_clients(database, access, "another secret key")
    with pytest.raises(CannotOpen, match="other_secret_key") as refused:
        await clients.get(account.id)
    assert not isinstance(refused.value, SignedOut), "nothing is wrong with the account"
