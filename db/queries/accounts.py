"""Rows of accounts: who sends, with which sealed session, and in which condition."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.account import TOLD, Account, AccountEvent, AccountStatus, after, sources
from db.models.errors import NotFound
from db.models.session import SealedSession

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

GET_ACCOUNT = "SELECT * FROM accounts WHERE id = $1"


async def get(connection: Connection, account_id: int) -> Account:
    """The account; NotFound when there is none."""
    if (row := await connection.fetchrow(GET_ACCOUNT, account_id)) is None:
        raise NotFound("account", account_id)
    return _account(row)


PAGE_ACCOUNTS = "SELECT * FROM accounts ORDER BY id"


async def page(connection: Connection) -> list[Account]:
    """All accounts, the oldest first."""
    return [_account(row) for row in await connection.fetch(PAGE_ACCOUNTS)]


PAGE_OF_CAMPAIGN = """
SELECT accounts.* FROM accounts JOIN campaign_accounts ON account_id = accounts.id
WHERE campaign_id = $1 ORDER BY accounts.id
"""


async def page_of_campaign(connection: Connection, campaign_id: int) -> list[Account]:
    """The accounts that this campaign may send from."""
    return [_account(row) for row in await connection.fetch(PAGE_OF_CAMPAIGN, campaign_id)]


CONNECT_ACCOUNT = """
INSERT INTO accounts (user_id, name, phone, username, session_sealed)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (user_id) DO UPDATE SET
    name = excluded.name, phone = excluded.phone, username = excluded.username,
    session_sealed = excluded.session_sealed, sign_in = accounts.sign_in + 1,
    status = CASE WHEN accounts.status = ANY($6) THEN 'active' ELSE accounts.status END,
    status_reason = CASE WHEN accounts.status = ANY($6) THEN NULL ELSE accounts.status_reason END
RETURNING *
"""


async def connect(
    connection: Connection,
    *,
    user_id: int,
    name: str,
    phone: str | None,
    username: str | None,
    session_sealed: bytes,
) -> Account:
    """A new account, or a new sign-in of one that we know: lost and disabled ones come back."""
    back = [
        status
        for status in sources(AccountEvent.CONNECT)
        if after(status, AccountEvent.CONNECT) is AccountStatus.ACTIVE
    ]
    row = await connection.fetchrow(
        CONNECT_ACCOUNT, user_id, name, phone, username, session_sealed, back
    )
    assert row is not None
    return _account(row)


GET_SESSION = "SELECT user_id, session_sealed, sign_in FROM accounts WHERE id = $1"


async def get_session(connection: Connection, account_id: int) -> SealedSession:
    """What the account's latest sign-in left; NotFound when there is no account."""
    if (row := await connection.fetchrow(GET_SESSION, account_id)) is None:
        raise NotFound("account", account_id)
    return SealedSession(*row)


ADVANCE_ACCOUNT = """
WITH before AS (
    SELECT id, status FROM accounts WHERE id = $1 FOR NO KEY UPDATE
), changed AS (
    UPDATE accounts SET status = $2, status_reason = $4, resting_until = greatest(
        clock_timestamp() + $5::interval, CASE WHEN accounts.status = $2 THEN resting_until END)
    FROM before
    WHERE accounts.id = before.id AND accounts.status = ANY($3)
      AND sign_in = coalesce($6, sign_in)
    RETURNING accounts.id, before.status AS was
), history AS (
    INSERT INTO account_events (account_id, status, reason)
    SELECT id, $2, $4 FROM changed WHERE $2 = ANY($7) AND was <> $2
)
SELECT id FROM changed
"""


async def advance(
    connection: Connection,
    account_id: int,
    event: AccountEvent,
    *,
    reason: str | None = None,
    rest: timedelta | None = None,
    sign_in: int | None = None,
) -> bool:
    """Change the status by `event`; False when that is not lawful now (somebody was faster).

    `rest` is how long a rest or a limit lasts; a longer one that stands already is kept. What
    befell one `sign_in` changes nothing once the account was signed in anew. What a person should
    look at is kept for the admins to be told.
    """
    allowed = sources(event)
    target = after(allowed[0], event)
    args = account_id, target, allowed, reason, rest, sign_in, list(TOLD)
    changed = await connection.fetchval(ADVANCE_ACCOUNT, *args)
    return changed is not None


WAKE_ACCOUNTS = """
UPDATE accounts SET status = $1, status_reason = NULL, resting_until = NULL
WHERE status = ANY($2) AND resting_until <= clock_timestamp()
"""


async def wake_due(connection: Connection) -> None:
    """Let accounts go on whose rest is over."""
    await connection.execute(WAKE_ACCOUNTS, AccountStatus.ACTIVE, sources(AccountEvent.WAKE))


def _account(row: asyncpg.Record) -> Account:
    return Account(
        id=row["id"],
        user_id=row["user_id"],
        name=row["name"],
        phone=row["phone"],
        username=row["username"],
        status=AccountStatus(row["status"]),
        status_reason=row["status_reason"],
        resting_until=row["resting_until"],
    )
