"""bad_rows.csv: what could not be used, as it was sent, ready to be put right and sent again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from bot.uploads.intake.identities import Reason
from bot.uploads.intake.parse import Rejected

FILE_NAME = "bad_rows.csv"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def bad_rows(
    rejected: Iterable[Rejected],
    titles: Sequence[str],
    heads: tuple[str, str],
    why: Callable[[Reason], str],
) -> bytes:
    """A CSV for Excel: row number, reason, then the row's cells; `heads` name the first two."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([*heads, *map(safe, titles)])
    for bad in rejected:
        writer.writerow([bad.row, why(bad.reason), *map(safe, bad.cells)])
    return out.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell
