"""The engine alone: claim → no-op → settle, beside two peers, the disk and the rows' own cost.

All run in turns on one Postgres with fsync on, so a busy disk harms them alike. The peers keep a
log of jobs and more; what is compared is what a campaign needs: each row is taken by one, and its
end is on the disk. Like theirs, our ends are written beside the next claim, by the product's own
Settler; "in turns" does everything on one connection, one statement after the other.
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

Run = Callable[[Database], Awaitable[float]]


async def bench() -> Table:
    """Deliveries per second, medians of alternated rounds; ratios are medians of each round's.

    What is compared stands next to each other: the disk is not as quick from one minute to the
    next.
    """
    runs: dict[str, Run] = {
        PGQUEUER: lambda database: run_pgqueuer(database.dsn, ROWS),
        OURS_100: lambda database: ours(database, 100),
        BOUND_100: lambda database: two_passes(database, 100),
        TURNS_100: lambda database: in_turns(database, ROWS, 100),
        OURS_500: lambda database: ours(database, 500),
        BOUND_500: lambda database: two_passes(database, 500),
        TURNS_500: lambda database: in_turns(database, ROWS, 500),
        ALONE: lambda database: in_turns(database, ROWS_ONE_BY_ONE, 1),
        COMMITS: commits,
        PROCRASTINATE: lambda database: run_procrastinate(database.dsn, ROWS_PROCRASTINATE),
    }
    seen: dict[str, list[float]] = {name: [] for name in runs}
    async with open_fresh() as database:
        for _ in range(ROUNDS):
            for name, run in runs.items():
                seen[name].append(await run(database))
    return table(seen)


def table(seen: dict[str, list[float]]) -> Table:
    """The rates with their ratios to ours, and the goals."""

    def times(one: str, other: str) -> float:
        return median(a / b for a, b in zip(seen[one], seen[other], strict=True))

    shares = {name: times(name, bound) for name, bound in BOUNDS.items()}
    shares[ALONE] = 2 * times(ALONE, COMMITS)
    return Table(
        title="The engine: claim → no-op → settle",
        columns=("engine", "per second", "ours at 100 is", "share of its bound"),
        rows=[
            (
                name,
                f"{median(rates):,.0f}",
                f"{times(OURS_100, name):.2f}×",
                f"{shares[name]:.2f}" if name in shares else "",
            )
            for name, rates in seen.items()
        ],
        goals=[
            Goal.at_least("times pgqueuer", 2.3, times(OURS_100, PGQUEUER)),
            Goal.at_least("times procrastinate", 40, times(OURS_100, PROCRASTINATE)),
            Goal.at_least("share of the row bound, 100 a claim", 0.45, shares[OURS_100]),
            Goal.at_least("share of the row bound, 500 a claim", 0.6, shares[OURS_500]),
            Goal.at_least("share of the commit rate, one at a time", 0.55, shares[ALONE]),
        ],
        notes="A bound is what the same rows cost without any logic, on one connection: one "
        "statement marks them, one ends them. One at a time, a delivery is two commits: its share "
        "is that of the commits.",
    )


async def ours(database: Database, size: int) -> float:
    """Deliver as the product does, ends written in its micro-batches; deliveries per second."""
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
        for _ in range(ROWS_COMMITTED):
            await connection.execute("UPDATE small SET n = n + 1")
        return ROWS_COMMITTED / (time.perf_counter() - began)
