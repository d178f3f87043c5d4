"""The time of claims on a million rows: at the start, at the end, and beside an old snapshot."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median

from benchmarks.report import Goal, Table
from benchmarks.rows import add_campaign, open_fresh
from db.pool import Connection, Database
from db.queries import campaigns, claims

MILLION, TENTH, SMALL, OTHER = 1_000_000, 100_000, 20_000, 6_000
SIZE, TIMES, READS, ROUNDS, CAMPAIGNS = 100, 60, 500, 3, 10
NO_WAIT = timedelta()
FIRST_OVER_LATER = 5.9  # 5 ms over 0.85 ms a claim; a sequential scan costs as much as 200 claims

# What a claim is measured on: the first column of the table.
FIRST = "first claim of a campaign"
FIRST_DECILE = "first decile"
LAST_DECILE = "last decile"
LAST_WITH_SNAPSHOT = "last decile, an old snapshot open"
FEW = f"{SMALL // 1000} k rows"
BESIDE = f"{FEW}, in turns with it"
BESIDE_WITH_SNAPSHOT = f"{FEW}, in turns with that"

SETTLE_UP_TO = """
UPDATE deliveries SET status = 'sent', message_id = 1, settled_at = now()
WHERE campaign_id = $1 AND pos <= $2 AND status = 'pending'
"""
MOVE_CURSOR = "UPDATE campaigns SET claimed_pos = $2, sent = $2 WHERE id = $1"


async def bench() -> Table:
    """Return claim times in ms. A small database is measured in turns with the large one."""
    async with (
        open_fresh() as small,
        open_fresh() as big,
        small.connection() as beside,
        big.connection() as connection,
    ):
        await add_campaign(beside, SMALL)
        found = await _on_a_million(connection, beside, big)
        reads = [(await _read(beside), await _read(connection)) for _ in range(READS)]
    return _table(found, *map(median, zip(*reads, strict=True)))


async def _on_a_million(
    connection: Connection, beside: Connection, big: Database
) -> dict[str, list[float]]:
    """Return the times of claims in ms, by what they were measured on."""
    campaign_id = await add_campaign(connection, MILLION)
    others = [await add_campaign(connection, OTHER) for _ in range(ROUNDS * CAMPAIGNS)]
    await _claim(connection, campaign_id)  # prepares the statement
    found = {FIRST: [await _claim(connection, other) for other in others]}
    found[FIRST_DECILE] = [await _claim(connection, campaign_id) for _ in range(TIMES)]
    done = MILLION - TENTH
    await connection.execute(SETTLE_UP_TO, campaign_id, done, timeout=300)
    await connection.execute(MOVE_CURSOR, campaign_id, done)
    found |= {LAST_DECILE: [], BESIDE: [], LAST_WITH_SNAPSHOT: [], BESIDE_WITH_SNAPSHOT: []}
    await _claim(beside, 1)
    async with big.connection() as reader:
        for _ in range(TIMES):
            found[BESIDE].append(await _claim(beside, 1))
            found[LAST_DECILE].append(await _claim(connection, campaign_id))
        async with reader.transaction(isolation="repeatable_read"):
            await reader.fetchval("SELECT count(*) FROM campaigns")
            for _ in range(TIMES):
                found[BESIDE_WITH_SNAPSHOT].append(await _claim(beside, 1))
                found[LAST_WITH_SNAPSHOT].append(await _claim(connection, campaign_id))
    return found


def _table(found: dict[str, list[float]], read_small: float, read_big: float) -> Table:
    middle = {where: median(times) for where, times in found.items()}
    growth = middle[LAST_DECILE] / middle[BESIDE]
    growth_with_snapshot = middle[LAST_WITH_SNAPSHOT] / middle[BESIDE_WITH_SNAPSHOT]
    rounds = [found[FIRST][n * CAMPAIGNS : (n + 1) * CAMPAIGNS] for n in range(ROUNDS)]
    slowest = median(map(max, rounds))
    return Table(
        title="Claims on a table of a million rows",
        columns=(f"a claim of {SIZE}", "p50, ms", "slowest, ms"),
        rows=[
            *(
                (where, f"{middle[where]:.2f}", f"{max(times):.2f}")
                for where, times in found.items()
            ),
            (f"progress read, {FEW}", f"{read_small:.3f}", ""),
            ("progress read, 1 M rows", f"{read_big:.3f}", ""),
        ],
        goals=[
            Goal.at_most(f"last decile of 1 M over {FEW}", 1.25, growth),
            Goal.at_most(
                f"an old snapshot open over none, each against its {FEW}",
                1.2,
                growth_with_snapshot / growth,
            ),
            Goal.at_most("any first claim among ten campaigns, ms (median of rounds)", 5, slowest),
            Goal.at_most(
                "slowest first claim among ten campaigns over later ones (median of rounds)",
                FIRST_OVER_LATER,
                slowest / middle[FIRST_DECILE],
            ),
            Goal.at_most(f"progress read at 1 M over {FEW}", 1.3, read_big / read_small),
        ],
        notes="The rows before the last decile were settled, so their dead versions lie "
        "where the claims scan. Commits do not wait for the disk (synchronous_commit is off).",
    )


async def _claim(connection: Connection, campaign_id: int) -> float:
    """Return the time of one claim in ms."""
    await connection.execute("SET synchronous_commit = off")
    began = time.perf_counter()
    claim = await claims.claim_fresh(connection, campaign_id, SIZE, NO_WAIT)
    milliseconds = (time.perf_counter() - began) * 1000
    assert claim is not None
    assert len(claim.rows) == SIZE
    return milliseconds


async def _read(connection: Connection) -> float:
    """Return the time in ms to read the progress of a campaign."""
    began = time.perf_counter()
    await campaigns.get(connection, 1)
    return (time.perf_counter() - began) * 1000
