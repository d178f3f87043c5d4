"""Accounts in chat: caps, release, pages, several accounts for one campaign."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from db.models.account import AccountStatus
from db.models.admin import Role
from db.models.caps import Caps
from db.pool import Connection, Database
from db.queries import accounts, caps
from sandbox.person import Person
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OPERATOR, OWNER, Stock, add_admin, add_draft, add_stock

DAY = timedelta(days=1)


async def caps_of(database: Database, account_id: int) -> Caps:
    async with database.connection() as connection:
        return await caps.get(connection, account_id)


async def opened(office: Office) -> Stock:
    """Open the account as the owner."""
    await add_admin(office.database)
    stock = await add_stock(office.database)
    await office.owner.say(BOT, "/accounts")
    await office.owner.press(await office.owner.wait_for(BOT, "Accounts"), "Sender")
    await office.owner.wait_for(BOT, "0 of 150 messages, 0 of 10 to new people")
    return stock


async def test_the_owner_changes_the_caps_and_it_is_on_record(office: Office) -> None:
    stock = await opened(office)
    await office.owner.press(None, "Change the caps")
    await office.owner.wait_for(BOT, "Now: 20 150 10 120 40")
    await office.owner.say(BOT, "30 400 50 60 100")
    await office.owner.wait_for(BOT, "0 of 400 messages, 0 of 50 to new people")
    assert await caps_of(office.database, stock.account) == Caps(30, 400, 50, 60, 100)
    async with office.database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM audit WHERE act = 'cap'")
    assert row is not None
    assert (row["admin_id"], row["noun"], row["noun_id"]) == (OWNER, "account", stock.account)
    before, after = row["details"]["before"], row["details"]["after"]
    assert (before["per_day"], after["per_day"]) == (150, 400)


@pytest.mark.parametrize("typed", ["many", "1 2 3", "0 0 0 0 0", "-1 2 3 4 5", "9" * 40])
async def test_what_are_not_five_numbers_changes_nothing(office: Office, typed: str) -> None:
    stock = await opened(office)
    await office.owner.press(None, "Change the caps")
    await office.owner.wait_for(BOT, "Type six numbers")
    await office.owner.say(BOT, typed)
    await office.owner.wait_for(BOT, "That is not six numbers")
    assert await caps_of(office.database, stock.account) == Caps()


async def test_an_operator_may_look_but_not_change(office: Office) -> None:
    stock = await opened(office)
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    await office.operator.say(BOT, "/accounts")
    await office.operator.wait_for(BOT, "Accounts")
    await office.operator.press_data(BOT, f"a:{stock.account}:caps")
    await office.operator.say(BOT, "30 400 50 60 100")
    await office.operator.say(BOT, "/accounts")
    await office.operator.wait_for(BOT, "Accounts")
    assert await caps_of(office.database, stock.account) == Caps()


async def test_a_held_account_is_let_go_on(office: Office) -> None:
    stock = await opened(office)
    async with office.database.connection() as connection:
        await connection.execute("UPDATE accounts SET held_at = now(), hold_reason = 'PEER_FLOOD'")
    await office.owner.press_data(BOT, f"a:{stock.account}:show")
    await office.owner.press(await office.owner.wait_for(BOT, "0 of 150"), "Let it go on")
    async with office.database.connection() as connection:
        found = await accounts.get(connection, stock.account)
        assert found.status is AccountStatus.ACTIVE
        assert await connection.fetchval("SELECT count(*) FROM audit WHERE act = 'release'") == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            partial(accounts.lose, sign_in=1, reason="SESSION_REVOKED"),
            "Why: the account was signed out",
        ),
        (partial(accounts.hold, reason="WAIT"), "Telegram made the account wait too often"),
        (partial(accounts.limit, wait=DAY, reason="PEER_FLOOD"), "Telegram limits the account"),
    ],
)
async def test_each_admin_is_notified_once_of_an_account_that_needs_a_person(
    office: Office, change: Callable[[Connection, int], Awaitable[object]], said: str
) -> None:
    stock = await opened(office)
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    await office.operator.say(BOT, "/help")
    for _ in range(2):  # the second time it is so already
        async with office.database.connection() as connection:
            await change(connection, stock.account)
    for person in (office.owner, office.operator):
        told = await person.wait_for(BOT, "Account Sender")
        assert said in told.text
    await office.owner.press(None, "Show")
    await office.owner.wait_for(BOT, "0 of 150")
    async with office.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM account_events") == 1


async def test_a_short_rest_is_not_notified(office: Office) -> None:
    stock = await opened(office)
    async with office.database.connection() as connection:
        await accounts.rest(connection, stock.account, DAY, "FLOOD_WAIT_86400")
        await connection.execute("UPDATE accounts SET disabled_at = now()")
        assert await connection.fetchval("SELECT count(*) FROM account_events") == 0


async def test_the_seventh_account_can_be_opened(office: Office) -> None:
    await add_admin(office.database)
    async with office.database.connection() as connection:
        await connection.execute(
            "INSERT INTO accounts (user_id, name) "
            "SELECT 900 + n, 'Account ' || n FROM generate_series(1, 7) AS n"
        )
    owner = office.owner
    await owner.say(BOT, "/accounts")
    first = await owner.wait_for(BOT, "Accounts")
    await owner.press(first, "Older ›")
    await owner.wait_until(lambda: labels(owner) == {"Account 1", "Account 2", "‹ Newer", "‹ Home"})
    await owner.press(None, "Account 1")
    await owner.wait_for(BOT, "0 of 150")


async def test_several_accounts_send_one_campaign(office: Office) -> None:
    await add_admin(office.database)
    stock = await add_stock(office.database)
    async with office.database.connection() as connection:
        second = await connection.fetchval(
            "INSERT INTO accounts (user_id, name) VALUES (901, 'Second') RETURNING id"
        )
    campaign_id = await add_draft(office.database, stock)
    owner = office.owner
    await owner.say(BOT, "/start")
    await owner.wait_for(BOT, "Campaign desk")
    await owner.press_data(BOT, f"e:{campaign_id}:step:account")
    await owner.press(await owner.wait_for(BOT, "Which accounts"), "○ Second")
    await owner.wait_until(lambda: "✓ Second" in labels(owner))
    assert await chosen(office.database) == {stock.account, second}
    await owner.press(None, "✓ Sender")
    await owner.wait_until(lambda: "○ Sender" in labels(owner))
    assert await chosen(office.database) == {second}
    await owner.press(None, "Next")
    await owner.wait_for(BOT, "From: Second")


def labels(person: Person) -> set[str]:
    """The labels of the newest message's buttons."""
    return {button.text for row in person.history(BOT)[-1].buttons for button in row}


async def chosen(database: Database) -> set[int]:
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT account_id FROM campaign_accounts")
    return {row["account_id"] for row in rows}
