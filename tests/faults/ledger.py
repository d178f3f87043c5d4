"""The results of the fault matrix, as the table in docs/reliability.md."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from tests.faults.verdict import Verdict

Row: TypeAlias = dict[str, str]  # cells by column

KEY = ("fault", "processes", "form")
COLUMNS = (
    *KEY,
    *("recipients", "hits", "duplicates", "lost", "unknown", "arrived", "denied", "untrue"),
    *("crowded", "seconds", "seed", "measured"),
)
LEFT = ("fault", "form", "measured")  # columns of text
NOT_MEASURED = "–"

HEAD = """\
# Reliability: what was done to it, and what people received

Written by `make faults`; do not edit. Each row is a test of `tests/faults` that does something
bad to the real product, as processes, on a real Postgres, against the sandbox's Telegram. The
judge is the sandbox's log of effects, which is on the disk before any answer leaves.

Each row is the newest result of its test: a new run replaces the rows that it measures and leaves
the others. *form*: `make faults` plays the long one, `make test` the short one. *seed* repeats a
row's random choices: `make faults ARGS="--seed N"`. *measured* is in UTC.

| column | counts |
|---|---|
| recipients | people of the campaign who could be reached |
| hits | how often the fault struck |
| duplicates | messages beyond the first to the same person |
| lost | recipients who got nothing and have no unknown row; a failed row is no excuse |
| unknown | rows that say "unknown": a person must decide |
| arrived | of the unknown rows, those whose message did arrive |
| denied | rows that say "failed", "skipped" or "waiting", although their message did arrive |
| untrue | rows that say "sent" with another message id than the log |
| crowded | slots closer together than the rate allows |

Two faults may leave an unknown row: a session that is revoked between effect and answer, and a
STOP that comes while a call to that person is under way. Telegram cannot be asked again then.

An earlier version of this page once said −1 *lost*, in the row of STOP. It subtracted the number
of unknown rows from the number of recipients without a message. The one unknown row was of a
person who had said STOP and was not among the recipients, so it wrote 0 − 1. Every recipient had
the message, once. Today an unknown row excuses its own person only, and *lost* is never negative.
A "–" stands where a run did not count the column yet.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One result: how often `fault` struck, the verdict, and the seconds it took."""

    fault: str
    processes: int
    hits: int
    verdict: Verdict
    seconds: float


@dataclass(slots=True)
class Ledger:
    """The results of one run. `form` is "short" or "long"."""

    seed: int
    form: str
    lines: list[Line] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Replace the rows of this run on the page at `path`; add those it does not have."""
        rows = _read(path.read_text(encoding="utf-8")) if path.exists() else {}
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
        for row in (self._row(line, now) for line in self.lines):
            rows[_key(row)] = row
        path.write_text(_page(list(rows.values())), encoding="utf-8")

    def _row(self, line: Line, now: str) -> Row:
        v = line.verdict
        return {
            "fault": line.fault,
            "processes": str(line.processes),
            "form": self.form,
            "recipients": str(v.recipients),
            "hits": str(line.hits),
            "duplicates": str(v.duplicates),
            "lost": str(v.lost),
            "unknown": str(v.unknown),
            "arrived": str(v.arrived),
            "denied": str(v.denied),
            "untrue": str(v.untrue),
            "crowded": str(v.crowded),
            "seconds": f"{line.seconds:.0f}",
            "seed": str(self.seed),
            "measured": now,
        }


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in KEY)


def _read(page: str) -> dict[tuple[str, ...], Row]:
    """Return the rows of the page's table, by key and in their order."""
    rows = {}
    names: list[str] = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            names = []
        elif not names:
            names = cells
        elif set(KEY) <= set(names) and not line.startswith("|---"):
            row = dict(zip(names, cells, strict=True))
            rows[_key(row)] = row
    return rows


def _page(rows: list[Row]) -> str:
    people, hits = (sum(int(row[name]) for row in rows) for name in ("recipients", "hits"))
    table = [
        f"| {' | '.join(COLUMNS)} |",
        f"|{'|'.join('---' if name in LEFT else '---:' for name in COLUMNS)}|",
        *(f"| {' | '.join(row.get(name, NOT_MEASURED) for name in COLUMNS)} |" for row in rows),
    ]
    about = (
        f"In all: {people} recipients, {hits} faults. The newest run: "
        f"Python {platform.python_version()}, Telethon {version('telethon')}, "
        f"asyncpg {version('asyncpg')}, APScheduler {version('apscheduler')}."
    )
    return "\n".join([HEAD, *table, "", about, ""])
