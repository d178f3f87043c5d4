"""The result of a benchmark: a table and its goals, for the terminal and docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a measured number. Most are ratios, which hold on other machines too."""

    name: str
    wanted: str
    measured: str
    met: bool

    @classmethod
    def at_least(cls, name: str, wanted: float, measured: float) -> Self:
        """Return a goal that is met from `wanted` up."""
        return cls(name, f"≥ {wanted:,.4g}", f"{measured:,.4g}", measured >= wanted)

    @classmethod
    def at_most(cls, name: str, wanted: float, measured: float) -> Self:
        """Return a goal that is met up to `wanted`."""
        return cls(name, f"≤ {wanted:,.4g}", f"{measured:,.4g}", measured <= wanted)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under `columns`; the first column is left-aligned, the others are numbers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    goals: Sequence[Goal] = field(default_factory=tuple)
    notes: str = ""

    @property
    def met(self) -> bool:
        """Return whether all goals are met."""
        return all(goal.met for goal in self.goals)

    def terminal(self) -> str:
        """Return the table and its goals as aligned plain text."""
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [self.title, ""]
        for row in (self.columns, *self.rows):
            first, *others = zip(row, widths, strict=True)
            cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
            lines.append("  " + "   ".join(cells))
        lines += [f"  {_mark(g)} {g.name}: {g.measured} ({g.wanted})" for g in self.goals]
        return "\n".join(lines) + "\n"

    def section(self, measured_on: str) -> str:
        """Return the table and its goals as Markdown, under a heading of the second level."""
        lines = [
            f"## {self.title}",
            "",
            _row(self.columns),
            _row(["---", *["---:"] * (len(self.columns) - 1)]),
            *map(_row, self.rows),
            "",
        ]
        if self.goals:
            lines += [_row(("goal", "wanted", "measured", "met")), _row(("---", *["---:"] * 3))]
            lines += [
                _row((g.name, g.wanted, g.measured, "✓" if g.met else "✕")) for g in self.goals
            ]
            lines.append("")
        if self.notes:
            lines += [self.notes, ""]
        return "\n".join([*lines, f"*{measured_on}*", ""])


def _mark(goal: Goal) -> str:
    return "✓" if goal.met else "✕"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
