"""Signs an account in by phone, code and perhaps a password, then seals and stores its session.

The steps are methods of an object, so that a console or a chat can ask for each when it is ready.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from telethon import errors

from db.models.account import Account
from db.pool import Database
from db.queries import accounts, installation
from sender.telegram.connect import Client, TelegramAccess, close_client, make_client
from sender.telegram.sealing import Sealer
from sender.telegram.session import KeptSession, save
from sender.telegram.translate import name_of

Ask: TypeAlias = Callable[[], str | Awaitable[str]]

TRIES = 3


class LoginFailed(Exception):
    """The account was not connected; str() is a sentence for the person at the console."""


class WrongCode(LoginFailed):
    """The code was mistyped and may be asked for again."""


class WrongPassword(LoginFailed):
    """The password was mistyped and may be asked for again."""


_SENTENCES = {
    "PHONE_NUMBER_INVALID": "Telegram does not know this phone number. Write it like +79991234567.",
    "PHONE_NUMBER_BANNED": "Telegram has banned this phone number.",
    "PHONE_NUMBER_UNOCCUPIED": "Nobody uses Telegram with this number: sign up in the app first.",
    "PHONE_CODE_EXPIRED": "The code has expired. Begin again.",
    "API_ID_INVALID": "API_ID and API_HASH do not belong together. See my.telegram.org.",
}


class Login:
    """One sign-in, step by step: `start`, `code`, `password` if asked for, `finish`.

    Always end with `close`.
    """

    def __init__(self, database: Database, secret_key: str, access: TelegramAccess) -> None:
        self._database, self._secret_key, self._access = database, secret_key, access
        self._client: Client = make_client(access, KeptSession(), retries=2)
        self._phone = ""

    async def start(self, phone: str) -> None:
        """Make Telegram send a code to this phone. LoginFailed when it refuses or is away."""
        self._phone = phone.strip()
        try:
            await self._client.connect()
            await self._client.send_code_request(self._phone)
        except Exception as error:
            raise _failed(error) from error

    async def code(self, code: str) -> bool:
        """Sign in with the code; False when a password is needed, too.

        WrongCode when it is mistyped; LoginFailed when Telegram refuses or is away.
        """
        try:
            await self._client.sign_in(self._phone, "".join(code.split()))
        except errors.SessionPasswordNeededError:
            return False
        except (errors.PhoneCodeInvalidError, errors.PhoneCodeEmptyError) as error:
            raise WrongCode("This is not the code that Telegram sent.") from error
        except Exception as error:
            raise _failed(error) from error
        return True

    async def password(self, password: str) -> None:
        """Sign in with the second factor.

        WrongPassword when it is mistyped; LoginFailed when Telegram refuses or is away.
        """
        try:
            await self._client.sign_in(password=password)
        except (errors.PasswordHashInvalidError, errors.PasswordEmptyError) as error:
            raise WrongPassword("This is not the account's password.") from error
        except Exception as error:
            raise _failed(error) from error

    async def finish(self) -> Account:
        """Store the account with its sealed session, and return it.

        LoginFailed when Telegram does not accept the session.
        """
        try:
            me = await self._client.get_me()
        except Exception as error:
            raise _failed(error) from error
        if me is None:
            raise LoginFailed("Telegram does not accept this session: sign in again.")
        return await _store(self._database, self._secret_key, self._client, me)

    async def close(self) -> None:
        await close_client(self._client)


async def connect_account(
    database: Database,
    secret_key: str,
    access: TelegramAccess,
    *,
    ask_phone: Ask,
    ask_code: Ask,
    ask_password: Ask,
    say: Callable[[str], None] = lambda _: None,
) -> Account:
    """Sign an account in by asking for phone, code and password; return the stored account.

    `ask_phone`, `ask_code` and `ask_password` are plain or async functions without arguments. `say`
    gets a sentence before a question is repeated. LoginFailed when there is no sign-in.
    """
    login = Login(database, secret_key, access)
    try:
        await login.start(await _answer(ask_phone))
        if not await _repeatedly(login.code, ask_code, WrongCode, say):
            await _repeatedly(login.password, ask_password, WrongPassword, say)
        return await login.finish()
    finally:
        await login.close()


async def adopt_session(
    database: Database, secret_key: str, access: TelegramAccess, session_text: str
) -> Account:
    """Store an account from a Telethon `StringSession`; LoginFailed when it is not valid."""
    try:
        client = make_client(access, KeptSession(session_text))
    except ValueError as error:
        raise LoginFailed("This is not a Telethon session.") from error
    try:
        try:
            await client.connect()
            me = await client.get_me()
        except errors.UserMigrateError:  # the session has followed the account
            await close_client(client)
            client = make_client(access, client.session)
            await client.connect()
            me = await client.get_me()
    except Exception as error:
        await close_client(client)
        raise _failed(error) from error
    try:
        if me is None:
            raise LoginFailed("Telegram does not accept this session: sign in again.")
        return await _store(database, secret_key, client, me)
    finally:
        await close_client(client)


async def _repeatedly(
    step: Callable[[str], Awaitable[bool | None]],
    ask: Ask,
    mistake: type[LoginFailed],
    say: Callable[[str], None],
) -> bool | None:
    """Take the step with an answer; while it is mistyped, ask again, TRIES times in all."""
    for _ in range(TRIES - 1):
        try:
            return await step(await _answer(ask))
        except mistake as error:
            say(str(error))
    return await step(await _answer(ask))


async def _answer(ask: Ask) -> str:
    answer = ask()
    return await answer if inspect.isawaitable(answer) else str(answer)


async def _store(database: Database, secret_key: str, client: Client, me: Any) -> Account:
    """Store the account, its key and its update state, so that no later update is missed."""
    await close_client(client)
    async with database.transaction() as connection:
        sealer = Sealer(secret_key, (await installation.get(connection)).id)
        account = await accounts.connect(
            connection,
            user_id=me.id,
            name=" ".join(filter(None, (me.first_name, me.last_name))) or str(me.id),
            phone=f"+{me.phone}" if me.phone else None,
            username=me.username,
            session_sealed=sealer.seal(client.session.save(), me.id),
        )
    await save(database, account.id, client.session)
    return account


def _failed(error: Exception) -> LoginFailed:
    if isinstance(error, errors.FloodWaitError):
        return LoginFailed(f"Telegram asks to wait {error.seconds} seconds before the next try.")
    if isinstance(error, errors.RPCError):
        name = name_of(error)
        return LoginFailed(_SENTENCES.get(name, f"Telegram refused: {name}."))
    return LoginFailed(f"Cannot reach Telegram: {error or type(error).__name__}.")
