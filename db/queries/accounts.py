"""Rows of accounts: their sign-in, and the facts that decide whether they may send.

Each fact is changed by a statement of its own (see db.models.account). A statement that begins a
limit, a hold or a loss also adds the row of account_events from which the admins are notified.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.account import Account
from db.models.errors import NotFound
from db.models.session import SealedSession

if TYPE_CHECKING:
    from db.pool import Connection

GET_ACCOUNT = "SELECT *, clock_timestamp() AS at FROM accounts WHERE id = $1"


async def get(connection: Connection, account_id: int) -> Account:
    """Return the account; raise NotFound when there is none."""
    if (row := await connection.fetchrow(GET_ACCOUNT, account_id)) is None:
        raise NotFound("account", account_id)
    return Account.of(dict(row))


PAGE_ACCOUNTS = "SELECT *, clock_timestamp() AS at FROM accounts ORDER BY id"


async def page(connection: Connection) -> list[Account]:
    """Return all accounts, oldest first."""
    return [Account.of(dict(row)) for row in await connection.fetch(PAGE_ACCOUNTS)]


PAGE_OF_CAMPAIGN = """
SELECT accounts.*, clock_timestamp() AS at
FROM accounts JOIN campaign_accounts ON account_id = accounts.id
WHERE campaign_id = $1 ORDER BY accounts.id
"""


async def page_of_campaign(connection: Connection, campaign_id: int) -> list[Account]:
    """Return the accounts that this campaign may send from, oldest first."""
    return [Account.of(dict(row)) for row in await connection.fetch(PAGE_OF_CAMPAIGN, campaign_id)]


CONNECT_ACCOUNT = """
INSERT INTO accounts (user_id, name, phone, username, session_sealed)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (user_id) DO UPDATE SET
    name = excluded.name, phone = excluded.phone, username = excluded.username,
    session_sealed = excluded.session_sealed, sign_in = accounts.sign_in + 1,
    lost_at = NULL, loss_reason = NULL, disabled_at = NULL
RETURNING *, clock_timestamp() AS at
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
    """Add an account, or count a new sign-in of a known one, and return it.

    A sign-in ends a loss and a switch-off. A rest, a limit and a hold stand. `session_sealed` is
    the encrypted session (sender.telegram.sealing).
    """
    row = await connection.fetchrow(CONNECT_ACCOUNT, user_id, name, phone, username, session_sealed)
    assert row is not None
    return Account.of(dict(row))


GET_SESSION = "SELECT user_id, session_sealed, sign_in FROM accounts WHERE id = $1"


async def get_session(connection: Connection, account_id: int) -> SealedSession:
    """Return the account's latest sign-in; raise NotFound when there is no account."""
    if (row := await connection.fetchrow(GET_SESSION, account_id)) is None:
        raise NotFound("account", account_id)
    return SealedSession(*row)


REST_ACCOUNT = """
UPDATE accounts SET
    rest_reason = CASE WHEN resting_until > clock_timestamp() + $2::interval THEN rest_reason
                  ELSE $3 END,
    resting_until = greatest(resting_until, clock_timestamp() + $2::interval)
WHERE id = $1
"""


async def rest(connection: Connection, account_id: int, wait: timedelta, reason: str) -> None:
    """Send nothing from the account for `wait` from now; a longer rest stands with its reason."""
    await connection.execute(REST_ACCOUNT, account_id, wait, reason)


LIMIT_ACCOUNT = """
WITH before AS (
    SELECT id, coalesce(limited_until > clock_timestamp(), false) AS was FROM accounts
    WHERE id = $1 FOR NO KEY UPDATE
), changed AS (
    UPDATE accounts SET limit_reason = $3,
        limited_until = greatest(limited_until, clock_timestamp() + $2::interval)
    FROM before WHERE accounts.id = before.id
    RETURNING accounts.id, was
)
INSERT INTO account_events (account_id, status, reason)
SELECT id, 'limited', $3 FROM changed WHERE NOT was
"""


async def limit(connection: Connection, account_id: int, wait: timedelta, reason: str) -> None:
    """Forbid first contacts of the account for `wait` from now; a longer limit stands."""
    await connection.execute(LIMIT_ACCOUNT, account_id, wait, reason)


HOLD_ACCOUNT = """
WITH changed AS (
    UPDATE accounts SET held_at = clock_timestamp(), hold_reason = $2
    WHERE id = $1 AND held_at IS NULL RETURNING id
)
INSERT INTO account_events (account_id, status, reason) SELECT id, 'held', $2 FROM changed
"""


async def hold(connection: Connection, account_id: int, reason: str) -> None:
    """Send nothing from the account until an admin releases it; an earlier hold stands."""
    await connection.execute(HOLD_ACCOUNT, account_id, reason)


RELEASE_ACCOUNT = """
UPDATE accounts SET held_at = NULL, hold_reason = NULL
WHERE id = $1 AND held_at IS NOT NULL RETURNING id
"""


async def release(connection: Connection, account_id: int) -> bool:
    """End a hold; return False when the account is not held."""
    return await connection.fetchval(RELEASE_ACCOUNT, account_id) is not None


LOSE_ACCOUNT = """
WITH changed AS (
    UPDATE accounts SET lost_at = clock_timestamp(), loss_reason = $3
    WHERE id = $1 AND sign_in = $2 AND lost_at IS NULL RETURNING id
), history AS (
    INSERT INTO account_events (account_id, status, reason) SELECT id, 'lost', $3 FROM changed
)
SELECT id FROM changed
"""


async def lose(connection: Connection, account_id: int, sign_in: int, reason: str) -> bool:
    """Record that the session of this sign-in is gone; return whether this call did it.

    A loss that is found after a later sign-in says nothing about the new session, so it is ignored.
    """
    return await connection.fetchval(LOSE_ACCOUNT, account_id, sign_in, reason) is not None
