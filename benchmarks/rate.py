"""The precision of the rate: four campaigns at once, in 1 to 4 processes and beside CPU hogs."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from bisect import bisect_left
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.report import Goal, Table
from benchmarks.rows import add_campaign, empty, open_fresh
from db.pool import Database

RATES = {"20/min": 3.0, "1/s": 1.0, "20/s": 0.05, "100/s": 0.01}
SETTINGS = {"1 process": (1, 0), "3 processes": (3, 0), "4 processes": (4, 0), "3 hogs": (1, 3)}
SECONDS = 20.0
START_SECONDS = 10.0  # within which all processes start and are idle again
ROWS = 4_000


@dataclass(frozen=True, slots=True)
class Held:
    """How precisely one rate was held.

    `error` is relative to the rate. `reserved` and `sent` are the most slots and the most
    departures in any second. `late` is departure minus slot of each delivery in ms, sorted; `early`
    is how many of them are negative.
    """

    error: float
    reserved: int
    sent: int
    late: list[float]
    early: int


async def bench() -> Table:
    """Run all rates at once in each setting, as one product does with several campaigns."""
    held: dict[tuple[str, str], Held] = {}
    async with open_fresh() as database:
        for setting, (processes, hogs) in SETTINGS.items():
            async with _hogs(hogs):
                found = await _deliver(database, processes)
            held |= {(setting, rate): _judge(found[rate], RATES[rate]) for rate in RATES}
    return _table(held)


async def _deliver(database: Database, processes: int) -> dict[str, list[tuple[float, float]]]:
    """Return (slot, departure) of every delivery in Unix seconds, by rate."""
    async with database.connection() as connection:
        await empty(connection)
        ids = {rate: await add_campaign(connection, ROWS) for rate in RATES}
    arguments = [f"{ids[rate]}={interval}" for rate, interval in RATES.items()]
    begin = time.time() + START_SECONDS
    command = ("-m", "benchmarks.claimer", database.dsn.url(), str(begin), str(SECONDS), *arguments)
    claimers = [await _start(*command) for _ in range(processes)]
    output = b"".join([(await claimer.communicate())[0] for claimer in claimers])
    departures: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for line in output.decode().splitlines():
        campaign_id, slot, departed = line.split()
        departures[int(campaign_id)].append((float(slot), float(departed)))
    return {rate: sorted(departures[campaign_id]) for rate, campaign_id in ids.items()}


async def _start(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE)


@asynccontextmanager
async def _hogs(count: int) -> AsyncIterator[None]:
    """Run `count` processes that each keep a core busy."""
    hogs = [await _start("-c", "while True: pass") for _ in range(count)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            await hog.wait()


def _judge(departures: Sequence[tuple[float, float]], interval: float) -> Held:
    slots = [slot for slot, _ in departures]
    departed = sorted(moment for _, moment in departures)
    late = sorted((moment - slot) * 1000 for slot, moment in departures)
    took = slots[-1] - slots[0]
    return Held(
        error=abs((len(slots) - 1) * interval / took - 1),
        reserved=_most_in_a_second(slots),
        sent=_most_in_a_second(departed),
        late=late,
        early=sum(one < 0 for one in late),
    )


def _most_in_a_second(moments: Sequence[float]) -> int:
    """Return the most of these sorted moments in any second; Postgres resolves microseconds."""
    return max(bisect_left(moments, m + 1.0 - 2e-6) - n for n, m in enumerate(moments))


def _p99(late: Sequence[float]) -> float:
    """Return the 99th percentile of sorted numbers: of fewer than a hundred, the last."""
    return late[int(len(late) * 0.99)]


def _p99_of(setting: str, held: dict[tuple[str, str], Held]) -> float:
    """Return the 99th percentile of all departures in this setting, in ms."""
    return _p99(sorted(one for (of, _), h in held.items() if of == setting for one in h.late))


def _table(held: dict[tuple[str, str], Held]) -> Table:
    late = {setting: _p99_of(setting, held) for setting in SETTINGS}
    busy = late.pop("3 hogs")
    full = {rate: max(1, round(1 / interval)) for rate, interval in RATES.items()}
    over_reserved = max(h.reserved - full[rate] for (_, rate), h in held.items())
    over_sent = max(h.sent - full[rate] for (_, rate), h in held.items())
    return Table(
        title="The rate",
        columns=(
            "setting",
            "rate",
            "error",
            "slots in 1 s",
            "sent in 1 s",
            "p99 late, ms",
            "early",
        ),
        rows=[
            (
                setting,
                rate,
                f"{h.error:.4%}",
                str(h.reserved),
                str(h.sent),
                f"{_p99(h.late):.1f}",
                str(h.early),
            )
            for (setting, rate), h in held.items()
        ],
        goals=[
            Goal.at_most("largest error, %", 0.1, max(h.error for h in held.values()) * 100),
            Goal.at_most("most slots in any second, over the rate", 0, over_reserved),
            Goal.at_most("most sends in any second, over the rate", 1, over_sent),
            Goal.at_most("p99 off the slot, ms", 10, max(late.values())),
            Goal.at_most("p99 off the slot beside 3 hogs, ms", 25, busy),
            Goal.at_most("sent before their slot", 0, sum(h.early for h in held.values())),
        ],
        notes="Claimers without a Telegram; slots are moments of the database's clock, "
        "departures of this machine's. At 20/min and 1/s there are so few that the p99 shown is "
        "the worst one; the goal is that of all messages of a setting.",
    )
