"""One process at a time holds an account, also when processes are killed or frozen."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from db.models.delivery import DeliveryStatus, Settled, Verdict
from db.pool import Connection, Database
from db.queries import claims, deliveries, expansion, freezes, rescues
from sender.telegram.leases import Leases, Terms
from tests.db.rows import SECOND, SEED, draft, frozen, verdicts

LONG = Terms()
SHORT = Terms(lasts=4.0, renew=0.3, trust=1.2, grace=0.5)


async def holder(database: Database, name: str, terms: Terms = LONG, **options: bool) -> Leases:
    """Return the leases of a process that has just started."""
    leases = Leases(database, name, terms=terms, **options)
    await leases.renew()
    return leases


async def until_taken(leases: Leases, account_id: int) -> int:
    async with asyncio.timeout(30):
        while True:
            if (fence := await leases.take(account_id)) is not None:
                return fence
            await asyncio.sleep(0.05)


@pytest.fixture
async def account_id(database: Database) -> int:
    return (await add_accounts(database, 1))[0]


async def add_accounts(database: Database, count: int) -> list[int]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "INSERT INTO accounts (user_id, name)"
            " SELECT n, 'A' || n FROM generate_series(1, $1::integer) AS n RETURNING id",
            count,
        )
    return [row["id"] for row in rows]


async def lease_until(connection: Connection, account_id: int) -> datetime:
    moment: datetime = await connection.fetchval(
        "SELECT lease_until FROM accounts WHERE id = $1", account_id
    )
    return moment


async def test_an_account_has_one_holder_at_a_time(database: Database, account_id: int) -> None:
    first, second = await holder(database, "first"), await holder(database, "second")
    assert await first.take(account_id) is not None
    assert await second.take(account_id) is None
    assert await first.take(account_id) is not None, "it keeps what it has"


async def test_a_clean_stop_releases_every_lease(database: Database, account_id: int) -> None:
    first, second = await holder(database, "first"), await holder(database, "second")
    fence = await first.take(account_id)
    await first.close()
    taken = await second.take(account_id)
    assert fence is not None
    assert taken is not None
    assert taken > fence


async def test_another_process_waits_for_the_end_of_a_lease_and_a_grace(
    database: Database, account_id: int
) -> None:
    first, second = await holder(database, "first", SHORT), await holder(database, "second", SHORT)
    await first.take(account_id)
    async with database.connection() as connection:
        ended = await lease_until(connection, account_id)
        keeping = asyncio.get_running_loop().create_task(second.keep(ignore))
        await until_taken(second, account_id)
        keeping.cancel()
        begun = await lease_until(connection, account_id) - timedelta(seconds=SHORT.lasts)
    assert begun >= ended + timedelta(seconds=SHORT.grace)


async def test_a_process_that_cannot_renew_stops_using_its_leases(
    database: Database, account_id: int
) -> None:
    leases = await holder(database, "first", SHORT)
    await leases.take(account_id)
    await asyncio.sleep(SHORT.trust)  # as a frozen process would
    assert await leases.take(account_id) is None
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT lease_until > now() FROM accounts"), (
            "others could not have taken it yet"
        )


async def test_a_process_that_cannot_renew_disconnects_before_others_may_take_over(
    database: Database, account_id: int
) -> None:
    leases, let_go = await holder(database, "first", SHORT), asyncio.Event()
    await leases.take(account_id)

    async def disconnect(_: int) -> None:
        let_go.set()

    keeping = asyncio.get_running_loop().create_task(leases.keep(disconnect))
    async with database.transaction() as connection:
        await connection.execute("LOCK accounts IN EXCLUSIVE MODE")  # no renewal comes through
        async with asyncio.timeout(30):
            await let_go.wait()
        assert await connection.fetchval("SELECT lease_until > clock_timestamp() FROM accounts")
    assert await until_taken(leases, account_id), "nobody took it: it is ours again"
    keeping.cancel()


async def test_a_restart_takes_leases_of_its_name_at_once_and_a_stand_by_waits(
    database: Database, account_id: int
) -> None:
    await (await holder(database, "main")).take(account_id)
    stand_by = await holder(database, "main", at_once=False)
    assert await stand_by.take(account_id) is None
    restarted = await holder(database, "main")
    assert await restarted.take(account_id) is not None


async def test_a_lease_that_another_took_is_not_renewed(
    database: Database, account_id: int
) -> None:
    zombie = await holder(database, "main")
    await zombie.take(account_id)
    await (await holder(database, "main")).take(account_id)
    assert await zombie.renew() == [account_id]
    assert not await zombie.renew()


async def test_accounts_are_shared_among_the_running_processes(database: Database) -> None:
    ids = await add_accounts(database, 4)
    first = await holder(database, "first", SHORT)
    for account_id in ids:
        assert await first.take(account_id) is not None
    second, given = await holder(database, "second", SHORT), asyncio.Queue[int]()
    tasks = [first.keep(given.put), second.keep(ignore)]
    keeping = [asyncio.get_running_loop().create_task(task) for task in tasks]
    async with asyncio.timeout(30):
        for account_id in [await given.get(), await given.get()]:
            await until_taken(second, account_id)
    assert [await second.take(account_id) for account_id in ids].count(None) == 2
    for task in keeping:
        task.cancel()


async def test_a_process_that_lost_the_lease_can_neither_settle_nor_freeze(
    database: Database,
) -> None:
    async with database.connection() as connection:
        await connection.execute(SEED)
        campaign_id = await draft(connection, [1, 2])
        await connection.execute("UPDATE campaigns SET status = 'running'")
        await expansion.expand(connection, campaign_id)
        former = await holder(database, "former")
        assert await former.take(1)
        claim = await claims.claim_fresh(connection, campaign_id, 2, SECOND, process="former")
        assert claim is not None
        sent, waiting = claim.rows
        await freezes.freeze(connection, campaign_id, [frozen(sent)])
        await connection.execute("UPDATE accounts SET lease_until = now() - interval '1 hour'")
        assert await (await holder(database, "latter")).take(1)
        ended = Settled(sent.id, sent.token, DeliveryStatus.SENT, 7, None)
        assert await deliveries.settle(connection, [ended]) == 0
        judged = await freezes.freeze(connection, campaign_id, [frozen(waiting)])
        assert verdicts(judged) == {waiting.id: Verdict.LOST}
        again = await claims.claim_behind(connection, campaign_id, 5, SECOND, [1], process="latter")
        assert again is not None
        assert [row.id for row in again.rows] == [sent.id], "reissued by the same account at once"


async def test_nothing_is_frozen_under_a_lease_that_has_ended(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(SEED)
        campaign_id = await draft(connection, [1])
        await connection.execute("UPDATE campaigns SET status = 'running'")
        await expansion.expand(connection, campaign_id)
        assert await (await holder(database, "main")).take(1)
        claim = await claims.claim_fresh(connection, campaign_id, 1, SECOND, process="main")
        assert claim is not None
        await connection.execute("UPDATE accounts SET lease_until = now()")
        judged = await freezes.freeze(connection, campaign_id, [frozen(claim.rows[0])])
        assert verdicts(judged) == {claim.rows[0].id: Verdict.LOST}


async def test_a_restart_ends_the_claims_of_its_own_name_only(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(SEED)
        campaign_id = await draft(connection, [1, 2])
        await connection.execute("UPDATE campaigns SET status = 'running'")
        await expansion.expand(connection, campaign_id)
        for name in ("main", "other"):
            await claims.claim_fresh(connection, campaign_id, 1, SECOND, process=name)
        await rescues.expire_claims(connection, "main")
        rows = await connection.fetch(
            "SELECT claimed_by, claimed_until <= clock_timestamp() AS over FROM deliveries"
            " ORDER BY claimed_by"
        )
    assert [(row["claimed_by"], row["over"]) for row in rows] == [("main", True), ("other", False)]


async def ignore(_: int) -> None:
    """Do nothing: no account is connected in these tests."""
