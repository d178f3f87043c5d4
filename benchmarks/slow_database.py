"""A campaign whose Postgres is far away: the rate it holds, and how long the event loop stands.

The sender is a process of its own, which reaches Postgres through a delay proxy. The campaign is
started, and its messages are counted, on this side of the proxy.
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.delay_proxy import distant
from benchmarks.endtoend import SET_RATE, paused_campaign, running_product
from benchmarks.report import Goal, Table
from benchmarks.rows import empty
from db.models.campaign import CampaignEvent
from db.pool import Connection
from db.queries import campaigns
from demo.product import Product
from sandbox.server import Sandbox

ONE_WAY = (0.0, 0.02, 0.06)  # seconds
MESSAGES, PER_SECOND = 60, 10
READY = b"Sending as"  # in the sender's log
START_SECONDS, SEND_SECONDS = 120.0, 300.0
SETTLE_SECONDS = 6.0  # after the start, so that its work does not count
LONG_HOLD = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """One campaign. All in seconds; `holds` are those while it ran."""

    one_way: float
    until_first: float
    took: float
    holds: list[float]

    @property
    def rate(self) -> float:
        """Messages per second between the first and the last."""
        return (MESSAGES - 1) / self.took

    @property
    def longest(self) -> float:
        return max(self.holds, default=0.0)


async def bench() -> Table:
    """Return the rate and the holds at each distance."""
    runs = []
    async with running_product() as (database, sandbox, product, account_id):
        for one_way in ONE_WAY:
            async with database.connection() as connection, distant(database.dsn, one_way) as dsn:
                environment = product.environment | {"DATABASE_URL": dsn.url()}
                await empty(connection)  # a second campaign to these people would wait
                campaign_id = await paused_campaign(connection, account_id, MESSAGES, sandbox)
                await connection.execute(SET_RATE, campaign_id, PER_SECOND)
                async with _sender(product, environment) as holds:
                    began = time.time()
                    moments = await _send(connection, sandbox, campaign_id)
            while_it_ran = [held for at, held in holds if began <= at <= moments[-1]]
            runs.append(Run(one_way, moments[0] - began, moments[-1] - moments[0], while_it_ran))
    return _table(runs)


@asynccontextmanager
async def _sender(
    product: Product, environment: dict[str, str]
) -> AsyncIterator[list[tuple[float, float]]]:
    """Run the sender; the list that is yielded has its (moment, hold) pairs after the block."""
    holds: list[tuple[float, float]] = []
    log = product.folder / "slow.log"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.slow_sender"),
            env=environment,
            stdout=PIPE,
            stderr=stderr,
        )
    try:
        async with asyncio.timeout(START_SECONDS):
            while READY not in log.read_bytes():
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.1)
        await asyncio.sleep(SETTLE_SECONDS)
        yield holds
        holds += await _end(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _end(process: Process) -> list[tuple[float, float]]:
    process.terminate()
    output, _ = await process.communicate()
    pairs = (line.split() for line in output.decode().splitlines())
    return [(float(moment), float(held)) for moment, held in pairs]


async def _send(connection: Connection, sandbox: Sandbox, campaign_id: int) -> list[float]:
    """Run the campaign; return when its messages arrived, in Unix seconds."""
    before = len(_arrivals(sandbox))
    await campaigns.advance(connection, campaign_id, CampaignEvent.RESUME)
    async with asyncio.timeout(SEND_SECONDS):
        while len(moments := _arrivals(sandbox)[before:]) < MESSAGES:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return moments


def _arrivals(sandbox: Sandbox) -> list[float]:
    return [entry["at"] for entry in sandbox.world.log if entry["kind"] == "message"]


def _table(runs: list[Run]) -> Table:
    far = runs[-1]
    return Table(
        title="A slow database",
        columns=(
            "one way, ms",
            "first after, s",
            "took, s",
            "per second",
            "longest hold, ms",
            "in long holds, s",
        ),
        rows=[
            (
                f"{run.one_way * 1000:.0f}",
                f"{run.until_first:.1f}",
                f"{run.took:.1f}",
                f"{run.rate:.2f}",
                f"{run.longest * 1000:.0f}",
                f"{sum(held for held in run.holds if held > LONG_HOLD):.1f}",
            )
            for run in runs
        ],
        goals=[
            Goal.at_least("per second, 60 ms one way", PER_SECOND * 0.99, far.rate),
            Goal.at_most("longest hold of the loop, ms", LONG_HOLD * 1000, far.longest * 1000),
        ],
        notes=f"{MESSAGES} messages at {PER_SECOND} a second by one process; from the first to the "
        f"last is {(MESSAGES - 1) / PER_SECOND} s at the rate. A long hold is one of more than "
        f"{LONG_HOLD * 1000:.0f} ms. Sandbox and Postgres share the machine.",
    )
