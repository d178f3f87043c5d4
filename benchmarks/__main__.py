"""`make bench`: runs all benchmarks or those named, prints their tables and writes them into
docs/performance.md. The exit status is 1 when a goal is missed.

A benchmark is a module of this package with `async def bench() -> Table`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import pkgutil
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import benchmarks
from benchmarks.machine import measured_on
from benchmarks.page import put
from benchmarks.report import Table

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"

Bench = Callable[[], Awaitable[Table]]


def find_benches() -> dict[str, Bench]:
    """Return every benchmark by the name of its module."""
    names = [one.name for one in pkgutil.iter_modules(benchmarks.__path__) if one.name[0] != "_"]
    modules = {name: importlib.import_module(f"benchmarks.{name}") for name in names}
    return {name: one.bench for name, one in modules.items() if hasattr(one, "bench")}


async def run(benches: dict[str, Bench]) -> bool:
    """Run the benchmarks in turn; return whether all goals were met."""
    met, machine = True, measured_on()
    for name, bench in benches.items():
        began = time.perf_counter()
        table = await bench()
        met = met and table.met
        put(PAGE, table.title, table.section(machine))
        sys.stdout.write(f"\n{table.terminal()}\n  {name}: {time.perf_counter() - began:.0f} s\n")
        sys.stdout.flush()
    return met


def main() -> int:
    """Parse the command line and run the benchmarks; return the exit status."""
    benches = find_benches()
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="bench", help=f"of {', '.join(benches)}")
    names = parser.parse_args().names
    if unknown := sorted(set(names) - benches.keys()):
        parser.error(f"no such bench: {', '.join(unknown)}; there is: {', '.join(benches)}")
    chosen = {name: bench for name, bench in benches.items() if not names or name in names}
    return 0 if asyncio.run(run(chosen)) else 1


if __name__ == "__main__":
    sys.exit(main())
