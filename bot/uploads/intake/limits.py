"""How long a line, a cell and a key of a contact file may be, and how many cells a row has.

Longer ones are refused with a reason, so that no file makes the reading slow or the rows large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from bot.uploads.intake.identities import RowFault
from db.models.text import storable

LONGEST_LINE = 1_000_000  # characters; an exported line is far shorter
LONGEST_CELL = 4_096  # characters; no message of Telegram could take a longer value
LONGEST_KEY = 512  # characters of a title or of a JSON key; it is stored with each contact
MOST_CELLS = 256  # of a row; the widest export known to us has some 200 columns
TOO_LONG = frozenset(
    {
        RowFault.LINE_TOO_LONG,
        RowFault.CELL_TOO_LONG,
        RowFault.KEY_TOO_LONG,
        RowFault.TOO_MANY_CELLS,
    }
)
_SHOWN = 100  # characters of a cell that is too long
_PIECE = 64 * 1024


def bounded_lines(text: TextIO, too_long: dict[int, str]) -> Iterator[str]:
    """Yield the lines with their ends. A line longer than LONGEST_LINE becomes an empty one.

    How such a line begins is put into `too_long` before it is yielded, under its number, counted
    from 1. No more than LONGEST_LINE characters of a line are held in memory.
    """
    number = 0
    while line := text.readline(LONGEST_LINE + 2):
        number += 1
        if len(line.rstrip("\r\n")) > LONGEST_LINE:
            too_long[number] = storable(line[:_SHOWN]) + "…"
            while line and not line.endswith(("\r", "\n")):
                line = text.readline(_PIECE)
            line = "\n"
        yield storable(line)


def fault_of(cells: Sequence[str]) -> RowFault | None:
    """Return which limit of a row these cells exceed; None when they exceed none.

    Empty cells at the end do not count: spreadsheets write hundreds of them.
    """
    if any(cell.strip() for cell in cells[MOST_CELLS:]):
        return RowFault.TOO_MANY_CELLS
    if any(len(cell) > LONGEST_CELL for cell in cells):
        return RowFault.CELL_TOO_LONG
    return None


def shortened(cells: Sequence[str]) -> list[str]:
    """Return the cells of a row that exceeds a limit, cut to be kept and shown."""
    return [
        cell if len(cell) <= LONGEST_CELL else cell[:_SHOWN] + "…" for cell in cells[:MOST_CELLS]
    ]
