"""bad_rows.csv: the rows that could not be used, as they were sent, to be corrected."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from bot.uploads.intake.identities import RowFault
from bot.uploads.intake.parse import Rejected

FILE_NAME = "bad_rows.csv"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def bad_rows(
    rejected: Iterable[Rejected],
    titles: Sequence[str],
    heads: tuple[str, str],
    why: Callable[[RowFault], str],
) -> bytes:
    """Return a CSV for Excel: row number, reason, the row's cells. `heads` title the first two."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([*heads, *map(safe, titles)])
    for bad in rejected:
        writer.writerow([bad.row, why(bad.reason), *map(safe, bad.cells)])
    return out.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """Quote a cell that a spreadsheet would run as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell
