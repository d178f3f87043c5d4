"""Accounts: signed in anew they are the same, and a longer rest is never cut short."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from db.models.account import Account, AccountEvent, AccountMedia, AccountStatus, Peer
from db.models.errors import NotFound
from db.pool import Connection
from db.queries import accounts, media, peers

HOUR = timedelta(hours=1)


async def connect(connection: Connection, name: str = "Olga") -> Account:
    return await accounts.connect(
        connection,
        user_id=77,
        name=name,
        phone="+12025550177",
        username=None,
        session_sealed=name.encode(),
    )


async def test_a_new_sign_in_renews_the_account(connection: Connection) -> None:
    first = await connect(connection)
    again = await connect(connection, "Olga S.")
    assert (again.id, again.name) == (first.id, "Olga S.")
    assert await accounts.get_session(connection, first.id) == (77, b"Olga S.", 2)
    assert again in await accounts.page(connection)


@pytest.mark.parametrize("event", [AccountEvent.LOSE, AccountEvent.DISABLE])
async def test_a_lost_account_comes_back_with_a_sign_in(
    connection: Connection, event: AccountEvent
) -> None:
    account = await connect(connection)
    assert await accounts.advance(connection, account.id, event, reason="SESSION_REVOKED")
    back = await connect(connection)
    assert (back.status, back.status_reason) == (AccountStatus.ACTIVE, None)


async def test_what_befell_an_earlier_sign_in_is_old_news(connection: Connection) -> None:
    account = await connect(connection)
    lose = partial(accounts.advance, connection, account.id, AccountEvent.LOSE, reason="REVOKED")
    await connect(connection)
    assert not await lose(sign_in=1)
    assert await lose(sign_in=2)


async def test_a_resting_account_rests_on_after_a_sign_in(connection: Connection) -> None:
    account = await connect(connection)
    await accounts.advance(
        connection, account.id, AccountEvent.REST, reason="FLOOD_WAIT_9", rest=HOUR
    )
    assert (await connect(connection)).status is AccountStatus.RESTING


async def test_a_longer_rest_stands(connection: Connection) -> None:
    account = await connect(connection)
    for rest in (HOUR, HOUR / 2):
        await accounts.advance(connection, account.id, AccountEvent.REST, reason="x", rest=rest)
    left = await connection.fetchval(
        "SELECT resting_until - now() FROM accounts WHERE id = $1", account.id
    )
    assert left > HOUR * 0.9


async def test_only_those_wake_whose_rest_is_over(connection: Connection) -> None:
    account = await connect(connection)
    await accounts.advance(connection, account.id, AccountEvent.REST, reason="x", rest=HOUR)
    await accounts.wake_due(connection)
    assert (await accounts.get(connection, account.id)).status is AccountStatus.RESTING
    await connection.execute("UPDATE accounts SET resting_until = now() WHERE user_id = 77")
    await accounts.wake_due(connection)
    assert (await accounts.get(connection, account.id)).status is AccountStatus.ACTIVE


async def test_a_lost_account_cannot_rest(connection: Connection) -> None:
    account = await connect(connection)
    await accounts.advance(connection, account.id, AccountEvent.LOSE, reason="x")
    assert not await accounts.advance(
        connection, account.id, AccountEvent.REST, reason="x", rest=HOUR
    )


async def test_an_account_that_is_not_there_is_not_found(connection: Connection) -> None:
    with pytest.raises(NotFound):
        await accounts.get(connection, 999)


async def test_a_peer_is_known_to_the_account_that_met_it_only(connection: Connection) -> None:
    account = await connect(connection)
    peer = Peer("user", 1001, -5)
    await peers.keep(connection, account.id, 1, Peer("user", 1001, 4))
    await peers.keep(connection, account.id, 1, peer)
    assert await peers.find(connection, account.id, [1, 2]) == {1: peer}
    assert await peers.find(connection, account.id + 1, [1]) == {}
    await peers.forget(connection, account.id, 1)
    assert await peers.find(connection, account.id, [1]) == {}


async def test_an_uploaded_file_is_kept_until_it_is_forgotten(connection: Connection) -> None:
    account = await connect(connection)
    media_id = await media.add(connection, "photo", "a.jpg", "image/jpeg", b"a")
    uploaded = AccountMedia(media_id, "photo", 1, 2, b"ref")
    await peers.keep_media(connection, account.id, uploaded)
    assert await peers.find_media(connection, account.id, media_id) == uploaded
    await peers.forget_media(connection, account.id, media_id)
    assert await peers.find_media(connection, account.id, media_id) is None
