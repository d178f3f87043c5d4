"""What the matrix came to, as the table in docs/reliability.md."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.faults.verdict import Verdict

HEAD = """\
# Reliability: what was done to it, and what people received

Written by `make faults`; do not edit. Each line is a test of `tests/faults` that does something
bad to the real product, as processes, on a real Postgres, against the sandbox's Telegram. The
judge is the sandbox's log of effects, which is on the disk before any answer leaves.

*recipients* could all be reached. *hits*: how often the fault struck. *duplicates*: messages
beyond the first to the same person. *lost*: got nothing, and no row says so. *unknown*: rows that
say "a person must decide". *untrue*: rows that disagree with the log about the message's id.
*crowded*: slots closer together than the rate allows.

Each run adds its table; the newest is the last.
"""


@dataclass(frozen=True, slots=True)
class Line:
    fault: str
    processes: int
    hits: int
    verdict: Verdict
    seconds: float


@dataclass(slots=True)
class Ledger:
    """Lines in the order in which the tests ended. `form` is "short" or "long"."""

    seed: int
    form: str
    lines: list[Line] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Add this run to the page at `path`."""
        before = path.read_text(encoding="utf-8") if path.exists() else HEAD
        path.write_text(f"{before}\n{self.section()}", encoding="utf-8")

    def section(self) -> str:
        """What this run came to, in Markdown."""
        hits = sum(line.hits for line in self.lines)
        people = sum(line.verdict.recipients for line in self.lines)
        about = (
            f"Seed {self.seed}, the {self.form} form. Python {platform.python_version()}, "
            f"Telethon {version('telethon')}, asyncpg {version('asyncpg')}, "
            f"APScheduler {version('apscheduler')}. In all: {people} recipients, {hits} faults."
        )
        columns = "fault processes recipients hits duplicates lost unknown untrue crowded seconds"
        names = columns.split()
        rows = [_cells(line) for line in self.lines]
        table = [f"| {' | '.join(names)} |", "|---|" + "---:|" * (len(names) - 1)]
        table += [f"| {' | '.join(cells)} |" for cells in rows]
        title = f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        return "\n".join([title, "", about, "", *table, ""])


def _cells(line: Line) -> list[str]:
    v = line.verdict
    counts = (v.duplicates, v.lost, v.unknown, v.untrue, v.crowded)
    return [
        line.fault,
        *map(str, (line.processes, v.recipients, line.hits, *counts)),
        f"{line.seconds:.0f}",
    ]
