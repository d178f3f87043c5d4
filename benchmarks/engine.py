"""The engine alone: claim → no-op → settle, beside two peers, the disk and the rows' own cost.

All run in turns on one Postgres with fsync on, so a busy disk harms them alike. The peers keep a
log of jobs and more; what is compared is what a campaign needs: each row is taken by one, and its
end is on the disk.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median

from benchmarks.peers import run_pgqueuer, run_procrastinate
from benchmarks.report import Goal, Table
from benchmarks.rows import add_campaign, empty, open_fresh
from db.models.delivery import DeliveryStatus, Settled
from db.pool import Connection, Database
from db.queries import claims, deliveries

ROUNDS = 3
ROWS, ROWS_ONE_BY_ONE, COMMITS, ROWS_PROCRASTINATE = 10_000, 500, 500, 500
NO_WAIT = timedelta()

PASS_ONE = """
UPDATE deliveries SET status = 'sending', claim_token = 1, claimed_until = now(), slot_at = now()
WHERE id = ANY($1)
"""
PASS_TWO = """
UPDATE deliveries SET status = 'sent', message_id = 1, settled_at = now(), claim_token = NULL,
    claimed_until = NULL
WHERE id = ANY($1)
"""

Run = Callable[[Database], Awaitable[float]]


async def bench() -> Table:
    """Deliveries per second, medians of alternated rounds."""
    runs: dict[str, Run] = {
        "ours, 100 a claim": lambda database: ours(database, ROWS, 100),
        "ours, 500 a claim": lambda database: ours(database, ROWS, 500),
        "ours, one at a time": lambda database: ours(database, ROWS_ONE_BY_ONE, 1),
        "pgqueuer, batches of 100": lambda database: run_pgqueuer(database.dsn, ROWS),
        "procrastinate": lambda database: run_procrastinate(database.dsn, ROWS_PROCRASTINATE),
        "bound: two plain passes, 100 rows each": lambda database: two_passes(database, 100),
        "bound: two plain passes, 500 rows each": lambda database: two_passes(database, 500),
        "bound: commits of one small row": commits,
    }
    seen: dict[str, list[float]] = {name: [] for name in runs}
    async with open_fresh() as database:
        for _ in range(ROUNDS):
            for name, run in runs.items():
                seen[name].append(await run(database))
    return table({name: median(rates) for name, rates in seen.items()})


def table(rate: dict[str, float]) -> Table:
    """The rates with their ratios to ours, and the goals."""
    ours_100 = rate["ours, 100 a claim"]
    bound_100 = rate["bound: two plain passes, 100 rows each"]
    bound_500 = rate["bound: two plain passes, 500 rows each"]
    share_alone = rate["ours, one at a time"] / rate["bound: commits of one small row"]
    return Table(
        title="The engine: claim → no-op → settle",
        columns=("engine", "per second", "ours at 100 is"),
        rows=[
            (name, f"{per_second:,.0f}", f"{ours_100 / per_second:.2f}×")
            for name, per_second in rate.items()
        ],
        goals=[
            Goal.at_least("times pgqueuer", 2.3, ours_100 / rate["pgqueuer, batches of 100"]),
            Goal.at_least("times procrastinate", 40, ours_100 / rate["procrastinate"]),
            Goal.at_least("share of the row bound, 100 a claim", 0.45, ours_100 / bound_100),
            Goal.at_least(
                "share of the row bound, 500 a claim", 0.6, rate["ours, 500 a claim"] / bound_500
            ),
            Goal.at_least("share of the commit rate, one at a time", 0.55, share_alone),
        ],
        notes="A bound is what the same rows cost without any logic: one statement marks them, "
        "one ends them.",
    )


async def ours(database: Database, count: int, size: int) -> float:
    """Deliver `count` rows with the product's own statements; deliveries per second."""
    async with database.connection() as connection:
        await empty(connection)
        campaign_id = await add_campaign(connection, count)
        began = time.perf_counter()
        while claim := await claims.claim_fresh(connection, campaign_id, size, NO_WAIT):
            ends = [Settled(row.id, row.token, DeliveryStatus.SENT, 1) for row in claim.rows]
            await deliveries.settle(connection, ends)
        seconds = time.perf_counter() - began
        await _check_all_sent(connection, count)
    return count / seconds


async def _check_all_sent(connection: Connection, count: int) -> None:
    sent = await connection.fetchval("SELECT sent FROM campaigns")
    assert sent == count, f"{sent} of {count} were delivered"


async def two_passes(database: Database, size: int) -> float:
    """The same rows, marked and ended by their keys alone."""
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
    """What the disk and Postgres can do: commits of one changed row, one after the other."""
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE IF NOT EXISTS small (n integer)")
        await connection.execute("TRUNCATE small")
        await connection.execute("INSERT INTO small VALUES (0)")
        began = time.perf_counter()
        for _ in range(COMMITS):
            await connection.execute("UPDATE small SET n = n + 1")
        return COMMITS / (time.perf_counter() - began)
