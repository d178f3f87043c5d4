"""The engine alone: claim → no-op → settle, beside two peers, the disk and the rows' own cost.

All run in turns on one Postgres with fsync on, so a busy disk harms them alike. The peers keep a
log of jobs and more; what is compared is what a campaign needs: each row is taken by one, and its
end is on the disk. Like theirs, our ends are written beside the next claim, by the product's own
Settling; "in turns" does everything on one connection, one statement after the other.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median

from benchmarks.peers import run_pgqueuer, run_procrastinate
from benchmarks.report import Goal, Table
from benchmarks.rows import add_campaign, empty, open_fresh
from db.models.delivery import Claimed, DeliveryStatus, Settled
from db.pool import Connection, Database
from db.queries import claims, deliveries
from sender.nursery import Nursery
from sender.settling import Settling

ROUNDS = 7
ROWS, ROWS_ONE_BY_ONE, COMMITS, ROWS_PROCRASTINATE = 10_000, 300, 600, 300
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
        "ours, 100 a claim": lambda database: ours(database, 100),
        "pgqueuer, batches of 100": lambda database: run_pgqueuer(database.dsn, ROWS),
        "procrastinate": lambda database: run_procrastinate(database.dsn, ROWS_PROCRASTINATE),
        "ours, 500 a claim": lambda database: ours(database, 500),
        "ours in turns, 100 a claim": lambda database: in_turns(database, ROWS, 100),
        "bound: two plain passes, 100 rows each": lambda database: two_passes(database, 100),
        "ours in turns, 500 a claim": lambda database: in_turns(database, ROWS, 500),
        "bound: two plain passes, 500 rows each": lambda database: two_passes(database, 500),
        "ours in turns, one at a time": lambda database: in_turns(database, ROWS_ONE_BY_ONE, 1),
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
    shares = {
        f"{way}, {size} a claim": rate[f"{way}, {size} a claim"]
        / rate[f"bound: two plain passes, {size} rows each"]
        for way in ("ours", "ours in turns")
        for size in (100, 500)
    }
    alone = 2 * rate["ours in turns, one at a time"] / rate["bound: commits of one small row"]
    shares["ours in turns, one at a time"] = alone
    return Table(
        title="The engine: claim → no-op → settle",
        columns=("engine", "per second", "ours at 100 is", "share of its bound"),
        rows=[
            (
                name,
                f"{per_second:,.0f}",
                f"{ours_100 / per_second:.2f}×",
                f"{shares[name]:.2f}" if name in shares else "",
            )
            for name, per_second in rate.items()
        ],
        goals=[
            Goal.at_least("times pgqueuer", 2.3, ours_100 / rate["pgqueuer, batches of 100"]),
            Goal.at_least("times procrastinate", 40, ours_100 / rate["procrastinate"]),
            Goal.at_least("share of the row bound, 100 a claim", 0.45, shares["ours, 100 a claim"]),
            Goal.at_least("share of the row bound, 500 a claim", 0.6, shares["ours, 500 a claim"]),
            Goal.at_least("share of the commit rate, one at a time", 0.55, alone),
        ],
        notes="A bound is what the same rows cost without any logic, on one connection: one "
        "statement marks them, one ends them. One at a time, a delivery is two commits: its share "
        "is that of the commits.",
    )


async def ours(database: Database, size: int) -> float:
    """Deliver as the product does, ends written in its micro-batches; deliveries per second."""
    nursery = Nursery()
    settling = Settling(database, nursery, written=lambda: None)
    async with database.connection() as connection:
        await empty(connection)
        campaign_id = await add_campaign(connection, ROWS)
        began = time.perf_counter()
        while claim := await claims.claim_fresh(connection, campaign_id, size, NO_WAIT):
            for row in claim.rows:
                settling.add(_sent(row))
        await settling.flush()
        await nursery.close(60)
        seconds = time.perf_counter() - began
        await _check_all_sent(connection, ROWS)
    return ROWS / seconds


async def in_turns(database: Database, count: int, size: int) -> float:
    """Claim, settle, claim …, each committed before the next; deliveries per second."""
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
