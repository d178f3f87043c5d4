"""From rows to contacts: each row is somebody we can write to, a double, or not usable and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.uploads.intake.columns import RECIPIENTS, Reading, Role
from bot.uploads.intake.identities import Reason, is_username, phone, tidy, user_id, username
from bot.uploads.intake.tables import Row, rows
from db.models.contact import Identity, NewContact


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that names nobody, as it was sent."""

    row: int
    cells: list[str]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Double:
    """A row whose person was in the file before."""

    row: int


@dataclass(slots=True)
class Tally:
    """What a file came to."""

    ready: int = 0
    doubles: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, chunk: Iterable[NewContact | Double | Rejected]) -> list[NewContact]:
        """Count a chunk of what `people` gives; returns the ready of it."""
        ready = []
        for one in chunk:
            if isinstance(one, NewContact):
                ready.append(one)
            elif isinstance(one, Double):
                self.doubles += 1
            else:
                self.rejected.append(one)
        self.ready += len(ready)
        return ready

    @property
    def reasons(self) -> list[tuple[Reason, int]]:
        """How many rows each reason cost, the commonest first."""
        return Counter(bad.reason for bad in self.rejected).most_common()


def people(
    content: bytes, reading: Reading, region: str
) -> Iterator[NewContact | Double | Rejected]:
    """What every row came to, in the file's order. Two rows with any name in common are one."""
    fields = reading.field_names()
    seen: set[str] = set()
    for row in body(content, reading):
        verdict = Reason.NOT_JSON if row.broken else _identity(row.cells, reading, region)
        if isinstance(verdict, Reason):
            yield Rejected(row.number, row.cells, verdict)
            continue
        names = verdict.all_names()
        double = not seen.isdisjoint(names)
        seen.update(names)
        if double:
            yield Double(row.number)
        else:
            filled = {name: tidy(_cell(row.cells, column)) for column, name in fields}
            yield NewContact(verdict, row.number, filled)


def body(content: bytes, reading: Reading) -> Iterator[Row]:
    """The rows under the header."""
    found = rows(content, reading.layout)
    if reading.header and not reading.layout.keys:
        next(found, None)
    return found


def _identity(cells: list[str], reading: Reading, region: str) -> Identity | Reason:
    """All that a row says of who it is: one usable cell is enough, else the first fault counts."""
    found: dict[str, int | str] = {}
    fault = Reason.EMPTY
    for column, role in enumerate(reading.roles):
        if role not in RECIPIENTS or not (cell := tidy(_cell(cells, column))):
            continue
        verdict = _recipient(cell, role, region)
        if isinstance(verdict, Reason):
            fault = verdict if fault is Reason.EMPTY else fault
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


def _recipient(cell: str, role: Role, region: str) -> Identity | Reason:
    """A cell by its column's role; what is plainly a username or a phone is taken anywhere."""
    if role is Role.USERNAME or is_username(cell):
        named = username(cell)
        if isinstance(named, Identity) or is_username(cell):
            return named
        dialled = phone(cell, region)
        return dialled if isinstance(dialled, Identity) else named
    return phone(cell, region) if role is Role.PHONE else user_id(cell)


def _cell(cells: list[str], column: int) -> str:
    """The cell, "" where a ragged row has none."""
    return cells[column] if column < len(cells) else ""
