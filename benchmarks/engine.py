"""The engine alone: claim → no-op → settle, compared with two job queues and with its bounds.

All run in turns on one Postgres with fsync on. Compared is what a campaign needs: each row is
claimed by one worker, and its end is on disk. The queues keep more than that, for example a log of
jobs. As in the queues, ends are written during the next claim, by the product's own Settler;
"in turns" runs one statement after the other on one connection.
"""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median

from benchmarks.peers import run_pgqueuer, run_procrastinate
from benchmarks.report import Goal, Table
from benchmarks.rounds import Rates, alternate, ratio
from benchmarks.rows import add_campaign, empty, open_fresh
from db.models.delivery import Claimed, DeliveryStatus, Settled
from db.pool import Connection, Database
from db.queries import claims, deliveries
from sender.background import Background, Signal
from sender.engine.settler import Settler

ROUNDS = 7
ROWS, ROWS_ONE_BY_ONE, ROWS_COMMITTED, ROWS_PROCRASTINATE = 10_000, 300, 600, 300
NO_WAIT = timedelta()

PGQUEUER, PROCRASTINATE = "pgqueuer, batches of 100", "procrastinate"
OURS_100, OURS_500 = "ours, 100 a claim", "ours, 500 a claim"
TURNS_100, TURNS_500 = "ours in turns, 100 a claim", "ours in turns, 500 a claim"
BOUND_100, BOUND_500 = (f"bound: two plain passes, {size} rows each" for size in (100, 500))
ALONE, COMMITS = "ours in turns, one at a time", "bound: commits of one small row"
BOUNDS = {
    OURS_100: BOUND_100,
    OURS_500: BOUND_500,
    TURNS_100: BOUND_100,
    TURNS_500: BOUND_500,
}

PASS_ONE = """
UPDATE deliveries SET status = 'sending', claim_token = 1, claimed_until = now(), slot_at = now()
WHERE id = ANY($1)
"""
PASS_TWO = """
UPDATE deliveries SET status = 'sent', message_id = 1, settled_at = now(), claim_token = NULL,
    claimed_until = NULL
WHERE id = ANY($1)
"""


async def bench() -> Table:
    """Return deliveries per second. Runs that are compared follow each other."""
    async with open_fresh() as database:
        rates = await alternate(
            {
                PGQUEUER: lambda: run_pgqueuer(database.dsn.url(), ROWS),
                OURS_100: lambda: ours(database, 100),
                BOUND_100: lambda: two_passes(database, 100),
                TURNS_100: lambda: in_turns(database, ROWS, 100),
                OURS_500: lambda: ours(database, 500),
                BOUND_500: lambda: two_passes(database, 500),
                TURNS_500: lambda: in_turns(database, ROWS, 500),
                ALONE: lambda: in_turns(database, ROWS_ONE_BY_ONE, 1),
                COMMITS: lambda: commits(database),
                PROCRASTINATE: lambda: run_procrastinate(database.dsn.url(), ROWS_PROCRASTINATE),
            },
            ROUNDS,
        )
    return table(rates)


def table(rates: Rates) -> Table:
    """Return the medians, their ratios to OURS_100, and the goals."""
    shares = {name: ratio(rates, name, bound) for name, bound in BOUNDS.items()}
    shares[ALONE] = 2 * ratio(rates, ALONE, COMMITS)
    return Table(
        title="The engine: claim → no-op → settle",
        columns=("engine", "per second", "ours at 100 is", "share of its bound"),
        rows=[
            (
                name,
                f"{median(measured):,.0f}",
                f"{ratio(rates, OURS_100, name):.2f}×",
                f"{shares[name]:.2f}" if name in shares else "",
            )
            for name, measured in rates.items()
        ],
        goals=[
            Goal.at_least("times pgqueuer", 2.3, ratio(rates, OURS_100, PGQUEUER)),
            Goal.at_least("times procrastinate", 40, ratio(rates, OURS_100, PROCRASTINATE)),
            Goal.at_least("share of the row bound, 100 a claim", 0.45, shares[OURS_100]),
            Goal.at_least("share of the row bound, 500 a claim", 0.6, shares[OURS_500]),
            Goal.at_least("share of the commit rate, one at a time", 0.55, shares[ALONE]),
        ],
        notes="A bound is the rate of the same rows without any logic, on one connection: one "
        "statement marks them, and one ends them. One at a time, a delivery takes two commits; its "
        "share is that of the commit rate.",
    )


async def ours(database: Database, size: int) -> float:
    """Deliver as the product does, with its micro-batches; return deliveries per second."""
    background = Background()
    settler = Settler(database, background, Signal())
    async with database.connection() as connection:
        await empty(connection)
        campaign_id = await add_campaign(connection, ROWS)
        began = time.perf_counter()
        while claim := await claims.claim_fresh(connection, campaign_id, size, NO_WAIT):
            for row in claim.rows:
                settler.settle(row, DeliveryStatus.SENT, message_id=row.id)
        await settler.flush()
        await background.close(60)
        seconds = time.perf_counter() - began
        await _check_all_sent(connection, ROWS)
    return ROWS / seconds


async def in_turns(database: Database, count: int, size: int) -> float:
    """Claim and settle in turns, each committed before the next; return deliveries per second."""
    async with database.connection() as connection:
        await empty(connection)
        campaign_id = await add_campaign(connection, count)
        began = time.perf_counter()
        while claim := await claims.claim_fresh(connection, campaign_id, size, NO_WAIT):
            await deliveries.settle(connection, [_sent(row) for row in claim.rows])
        seconds = time.perf_counter() - began
        await _check_all_sent(connection, count)
    return count / seconds


def _sent(row: Claimed) -> Settled:
    return Settled(row.id, row.token, DeliveryStatus.SENT, message_id=1)


async def _check_all_sent(connection: Connection, count: int) -> None:
    sent = await connection.fetchval("SELECT sent FROM campaigns")
    assert sent == count, f"{sent} of {count} were delivered"


async def two_passes(database: Database, size: int) -> float:
    """Update the same rows twice by their ids, without any logic; return deliveries per second."""
    async with database.connection() as connection:
        await empty(connection)
        await add_campaign(connection, ROWS)
        ids = [row["id"] for row in await connection.fetch("SELECT id FROM deliveries ORDER BY id")]
        began = time.perf_counter()
        for start in range(0, ROWS, size):
            batch = ids[start : start + size]
            await connection.execute(PASS_ONE, batch)
            await connection.execute(PASS_TWO, batch)
        return ROWS / (time.perf_counter() - began)


async def commits(database: Database) -> float:
    """Commit one changed row at a time; return commits per second."""
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE IF NOT EXISTS small (n integer)")
        await connection.execute("TRUNCATE small")
        await connection.execute("INSERT INTO small VALUES (0)")
        began = time.perf_counter()
        for _ in range(ROWS_COMMITTED):
            await connection.execute("UPDATE small SET n = n + 1")
        return ROWS_COMMITTED / (time.perf_counter() - began)
