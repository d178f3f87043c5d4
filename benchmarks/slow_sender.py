"""`predlagator sender`, which notes how long its event loop is held; for benchmarks.slow_database.

It prints a line "moment seconds" for each hold of at least NOTED_SECONDS; the moment is its end in
Unix seconds. A hold is the time by which a timer of the loop was late, so it includes what other
processes take from this one.
"""

from __future__ import annotations

import asyncio
import sys
import time

from bot.app import send
from bot.process.logs import log_to_stderr
from bot.settings import load_settings

PULSE_SECONDS = 0.005
NOTED_SECONDS = 0.010


async def note_holds(holds: list[tuple[float, float]]) -> None:
    """Append each hold until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + PULSE_SECONDS
        await asyncio.sleep(PULSE_SECONDS)
        if (late := loop.time() - due) >= NOTED_SECONDS:
            holds.append((time.time(), late))


async def main() -> None:
    """Send until SIGTERM; print the holds then."""
    holds: list[tuple[float, float]] = []
    async with asyncio.TaskGroup() as group:
        noting = group.create_task(note_holds(holds))
        await send(load_settings(), "bench")
        noting.cancel()
    sys.stdout.writelines(f"{moment} {seconds}\n" for moment, seconds in holds)


if __name__ == "__main__":
    log_to_stderr("INFO", [])
    asyncio.run(main())
