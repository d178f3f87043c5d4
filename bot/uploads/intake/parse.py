"""From rows to contacts: each row is a contact, a duplicate, or rejected with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from bot.uploads.intake.columns import RECIPIENTS, Reading, Role
from bot.uploads.intake.decode import Refusal
from bot.uploads.intake.identities import RowFault, is_username, phone, tidy, user_id, username
from bot.uploads.intake.limits import LONGEST_KEY, TOO_LONG
from bot.uploads.intake.tables import Row, rows
from db.models.contact import Identity, NewContact

_FIRST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row without a usable recipient, as it was sent."""

    row: int
    cells: list[str]
    reason: RowFault


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row whose recipient was in the file before."""

    row: int


@dataclass(slots=True)
class Tally:
    """The counts of a file's rows."""

    ready: int = 0
    doubles: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, chunk: Iterable[NewContact | Duplicate | Rejected]) -> list[NewContact]:
        """Count a chunk of what `people` yields. Return the contacts in it."""
        ready = []
        for one in chunk:
            if isinstance(one, NewContact):
                ready.append(one)
            elif isinstance(one, Duplicate):
                self.doubles += 1
            else:
                self.rejected.append(one)
        self.ready += len(ready)
        return ready

    @property
    def reasons(self) -> list[tuple[RowFault, int]]:
        """How many rows were rejected for each reason, the most frequent first."""
        return Counter(bad.reason for bad in self.rejected).most_common()


def people(
    content: bytes, reading: Reading, region: str
) -> Iterator[NewContact | Duplicate | Rejected]:
    """Yield what every row came to, in order. Rows that share an identity are duplicates."""
    fields = reading.field_names()
    seen: set[str] = set()
    for row in body(content, reading):
        verdict = row.fault or _identity(row.cells, reading, region)
        if isinstance(verdict, RowFault):
            yield Rejected(row.number, row.cells, verdict)
            continue
        names = verdict.all_names()
        double = not seen.isdisjoint(names)
        seen.update(names)
        if double:
            yield Duplicate(row.number)
        else:
            filled = {name: tidy(_cell(row.cells, column)) for column, name in fields}
            yield NewContact(verdict, row.number, filled)


def body(content: bytes, reading: Reading) -> Iterator[Row]:
    """Yield the rows under the header, and those above it that cannot be read."""
    header = reading.header and not reading.layout.keys
    for row in rows(content, reading.layout):
        if header and row.fault is None:
            header = False
        else:
            yield row


def refusal_of_rows(content: bytes, reading: Reading) -> Refusal | None:
    """Return why no row of the file can be read; None when one may be."""
    if any(len(title) > LONGEST_KEY for title in reading.titles):
        return Refusal.LONG_TITLE
    first = list(islice(body(content, reading), _FIRST_ROWS))
    if not first:
        return Refusal.HEADER_ONLY
    return Refusal.LONG_ROWS if all(row.fault in TOO_LONG for row in first) else None


def _identity(cells: list[str], reading: Reading, region: str) -> Identity | RowFault:
    """Return every identity of a row; the first fault when it has no usable cell."""
    found: dict[str, int | str] = {}
    fault = RowFault.EMPTY
    for column, role in enumerate(reading.roles):
        if role not in RECIPIENTS or not (cell := tidy(_cell(cells, column))):
            continue
        verdict = _recipient(cell, role, region)
        if isinstance(verdict, RowFault):
            fault = verdict if fault is RowFault.EMPTY else fault
            continue
        if verdict.user_id is not None:
            found.setdefault("user_id", verdict.user_id)
        if verdict.phone is not None:
            found.setdefault("phone", verdict.phone)
        if verdict.username is not None:
            found.setdefault("username", verdict.username)
    if not found:
        return fault
    return Identity(**found)  # type: ignore[arg-type]


def _recipient(cell: str, role: Role, region: str) -> Identity | RowFault:
    """Read a cell by its column's role; an evident username or phone is read in any column."""
    if role is Role.USERNAME or is_username(cell):
        named = username(cell)
        if isinstance(named, Identity) or is_username(cell):
            return named
        dialled = phone(cell, region)
        return dialled if isinstance(dialled, Identity) else named
    return phone(cell, region) if role is Role.PHONE else user_id(cell)


def _cell(cells: list[str], column: int) -> str:
    """Return the cell; "" when the row is shorter."""
    return cells[column] if column < len(cells) else ""
