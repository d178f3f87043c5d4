"""Accounts: sign-ins, independent facts, and the status that is derived from them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from db.models.account import Account, AccountMedia, AccountStatus, Peer
from db.models.caps import Caps, SlotRequest
from db.models.errors import NotFound
from db.models.person import Person
from db.pool import Connection, Database
from db.queries import accounts, caps, media, peers, persons
from tests.db.rows import until_blocked

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def connect(connection: Connection, name: str = "Olga") -> Account:
    return await accounts.connect(
        connection,
        user_id=77,
        name=name,
        phone="+12025550177",
        username=None,
        session_sealed=name.encode(),
    )


async def status_of(connection: Connection, account: Account) -> AccountStatus:
    return (await accounts.get(connection, account.id)).status


async def test_a_new_sign_in_renews_the_account(connection: Connection) -> None:
    first = await connect(connection)
    again = await connect(connection, "Olga S.")
    assert (again.id, again.name) == (first.id, "Olga S.")
    assert await accounts.get_session(connection, first.id) == (77, b"Olga S.", 2)
    assert again.id in {account.id for account in await accounts.page(connection)}


@pytest.mark.parametrize("fact", ["lost_at", "disabled_at"])
async def test_a_sign_in_ends_a_loss_and_a_switch_off(connection: Connection, fact: str) -> None:
    account = await connect(connection)
    await connection.execute(f"UPDATE accounts SET {fact} = now(), loss_reason = 'REVOKED'")  # noqa: S608
    back = await connect(connection)
    assert (back.id, back.status, back.status_reason) == (account.id, AccountStatus.ACTIVE, None)


async def test_a_loss_of_an_earlier_sign_in_changes_nothing(connection: Connection) -> None:
    account = await connect(connection)
    lose = partial(accounts.lose, connection, account.id, reason="REVOKED")
    await connect(connection)
    assert not await lose(sign_in=1)
    assert await lose(sign_in=2)
    assert not await lose(sign_in=2), "it is known already"


FACTS: dict[AccountStatus, Callable[[Connection, int], Awaitable[object]]] = {
    AccountStatus.RESTING: partial(accounts.rest, wait=HOUR, reason="FLOOD_WAIT_3600"),
    AccountStatus.LIMITED: partial(accounts.limit, wait=DAY, reason="PEER_FLOOD"),
    AccountStatus.HELD: partial(accounts.hold, reason="FLOOD_WAIT_7200"),
}


@pytest.mark.parametrize("status", FACTS)
async def test_other_facts_stand_after_a_sign_in(
    connection: Connection, status: AccountStatus
) -> None:
    account = await connect(connection)
    await FACTS[status](connection, account.id)
    assert (await connect(connection)).status is status


async def test_a_longer_rest_stands_with_its_reason(connection: Connection) -> None:
    account = await connect(connection)
    for wait, reason in ((HOUR, "long"), (HOUR / 2, "short")):
        await accounts.rest(connection, account.id, wait, reason)
    found = await accounts.get(connection, account.id)
    assert found.resting_until is not None
    assert found.resting_until - found.at > HOUR * 0.9
    assert found.rest_reason == "long"


async def test_a_rest_and_a_limit_end_by_themselves(connection: Connection) -> None:
    account = await connect(connection)
    await accounts.rest(connection, account.id, HOUR, "x")
    await accounts.limit(connection, account.id, DAY, "PEER_FLOOD")
    assert await status_of(connection, account) is AccountStatus.RESTING
    await connection.execute("UPDATE accounts SET resting_until = now() WHERE user_id = 77")
    assert await status_of(connection, account) is AccountStatus.LIMITED
    await connection.execute("UPDATE accounts SET limited_until = now() WHERE user_id = 77")
    assert await status_of(connection, account) is AccountStatus.ACTIVE


async def test_a_loss_precedes_all_other_facts(connection: Connection) -> None:
    account = await connect(connection)
    for fact in FACTS.values():
        await fact(connection, account.id)
    await accounts.lose(connection, account.id, 1, "REVOKED")
    found = await accounts.get(connection, account.id)
    assert (found.status, found.status_reason) == (AccountStatus.LOST, "REVOKED")
    await connection.execute("UPDATE accounts SET disabled_at = now() WHERE user_id = 77")
    assert await status_of(connection, account) is AccountStatus.DISABLED


async def test_a_release_ends_the_hold_and_nothing_else(connection: Connection) -> None:
    account = await connect(connection)
    await accounts.rest(connection, account.id, HOUR, "FLOOD_WAIT_3600")
    await accounts.hold(connection, account.id, "FLOOD_WAIT_3600")
    assert await accounts.release(connection, account.id)
    assert not await accounts.release(connection, account.id)
    assert await status_of(connection, account) is AccountStatus.RESTING


async def test_a_limit_outlives_a_rest_and_a_change_of_the_caps(
    database: Database, connection: Connection
) -> None:
    """A flood wait after PEER_FLOOD, and then new caps, must not allow a first contact."""
    account = await connect(connection)
    await accounts.limit(connection, account.id, DAY, "PEER_FLOOD")
    await accounts.rest(connection, account.id, timedelta(), "FLOOD_WAIT_1")
    await caps.update(connection, account.id, Caps(first_apart_seconds=0))
    budget = (await caps.find_budgets(connection, [account.id], "UTC"))[account.id]
    assert budget.limited
    assert budget.next_first_at - budget.now > DAY * 0.9
    async with database.transaction() as own:
        requests = [SlotRequest(budget.now, first=first, counted=False) for first in (True, False)]
        first, known = await caps.claim_slots(own, account.id, "UTC", requests)
    assert first is None
    assert known is not None, "the limit concerns first contacts only"


async def test_a_fact_adds_one_event_when_it_begins(connection: Connection) -> None:
    account = await connect(connection)
    for _ in range(2):
        for fact in FACTS.values():
            await fact(connection, account.id)
        await accounts.lose(connection, account.id, 1, "REVOKED")
    rows = await connection.fetch("SELECT status FROM account_events ORDER BY id")
    assert [row["status"] for row in rows] == ["limited", "held", "lost"]


async def test_an_unknown_account_is_not_found(connection: Connection) -> None:
    with pytest.raises(NotFound):
        await accounts.get(connection, 999)


async def test_a_peer_belongs_to_one_account(connection: Connection) -> None:
    account = await connect(connection)
    for access_hash in (4, -5):
        person = Person("user", 1001, access_hash)
        known = await persons.identify(connection, account.id, 1, person, [b"id"], b"id")
    peer = Peer("user", 1001, -5)
    assert await peers.find(connection, account.id, [known, known + 1]) == {known: peer}
    assert await peers.find(connection, account.id + 1, [known]) == {}
    await peers.delete(connection, account.id, known)
    assert await peers.find(connection, account.id, [known]) == {}


async def test_an_uploaded_file_is_stored_until_it_is_deleted(connection: Connection) -> None:
    account = await connect(connection)
    media_id = await media.add(connection, "photo", "a.jpg", "image/jpeg", b"a")
    uploaded = AccountMedia(media_id, "photo", 1, 2, b"ref")
    await peers.save_media(connection, account.id, uploaded)
    assert await peers.find_media(connection, account.id, media_id) == uploaded
    await peers.delete_media(connection, account.id, media_id)
    assert await peers.find_media(connection, account.id, media_id) is None


async def test_waits_that_are_told_at_once_are_one_flood(
    database: Database, connection: Connection
) -> None:
    """Three messages under way, one wait: the third flood of an hour would hold the account."""
    account = await connect(connection)

    async def told(own: Connection) -> int:
        floods = await caps.add_flood(own, account.id, HOUR)
        await accounts.rest(own, account.id, HOUR, "FLOOD_WAIT_3600")
        return floods

    async with (
        database.connection() as other,
        asyncio.TaskGroup() as group,
        connection.transaction(),
    ):
        await told(connection)
        behind = group.create_task(told(other))
        await until_blocked(other, by=connection)
    assert behind.result() == 1
