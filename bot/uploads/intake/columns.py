"""What each column holds, guessed from the header and from the cells.

A person corrects a wrong guess, so the guess is stored as a Reading that buttons change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any

from bot.uploads.intake.decode import guess_encoding
from bot.uploads.intake.identities import (
    is_username,
    looks_like_recipient,
    phone,
    tidy,
    user_id,
    username,
)
from bot.uploads.intake.tables import JSON_LINES, Layout, Row, guess_layout, rows
from db.models.contact import Identity
from db.models.template import field_name

_SAMPLE_ROWS = 200
NAME_FIELD = "name"


class Role(StrEnum):
    """What a column holds. Several columns may hold phones: a row's first usable one counts."""

    PHONE = "phone"
    USERNAME = "username"
    USER_ID = "user_id"
    NAME = "name"
    EXTRA = "extra"
    SKIP = "skip"


RECIPIENTS = (Role.USER_ID, Role.PHONE, Role.USERNAME)

_WORDS: dict[Role, frozenset[str]] = {
    Role.USER_ID: frozenset(
        "user_id userid telegram_id telegramid tg_id tgid chat_id id_telegram id_tg peer_id "
        "id ид айди телеграм_id id_пользователя".split()
    ),
    Role.PHONE: frozenset(
        "phone phones tel telephone mobile cell cellphone msisdn whatsapp phone_number "
        "телефон телефоны тел моб мобильный мобильник сотовый номер контактный".split()
    ),
    Role.USERNAME: frozenset(
        "username user_name telegram tg nick nickname login handle link url account channel "
        "юзернейм ник никнейм логин телеграм телеграмм тг ссылка аккаунт канал".split()
    ),
    Role.NAME: frozenset(
        "name firstname first_name fullname full_name customer client contact person "
        "имя фио клиент покупатель получатель контакт название".split()
    ),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: layout, header or none, the role and the title of each column."""

    layout: Layout
    header: bool
    roles: tuple[Role, ...]
    titles: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return a value for the `reading` column."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Reading:
        """Read what `to_json` wrote."""
        layout = Layout(**{**stored["layout"], "keys": tuple(stored["layout"]["keys"])})
        roles = tuple(map(Role, stored["roles"]))
        return cls(layout, stored["header"], roles, tuple(stored["titles"]))

    def has_recipients(self) -> bool:
        """Whether a column holds phones, usernames or ids."""
        return any(role in RECIPIENTS for role in self.roles)

    def field_names(self) -> list[tuple[int, str]]:
        """Return (column, field) of what fills placeholders; the name is also {{name}}."""
        named: list[tuple[int, str]] = []
        taken: set[str] = set()
        for column, role in enumerate(self.roles):
            if role not in (Role.NAME, Role.EXTRA):
                continue
            title = field_name(self.titles[column]) if self.header else ""
            wanted = [title or f"column_{column + 1}"]
            if role is Role.NAME:
                wanted = [NAME_FIELD, *([title] if title else [])]
            for field in wanted:
                if field not in taken:
                    taken.add(field)
                    named.append((column, field))
        return named

    def with_next_role(self, column: int) -> Reading:
        """Return the reading with the next role for this column."""
        order = list(Role)
        after = order[(order.index(self.roles[column]) + 1) % len(order)]
        roles = (*self.roles[:column], after, *self.roles[column + 1 :])
        return replace(self, roles=roles)


def guess_reading(content: bytes, region: str, encoding: str | None = None) -> Reading:
    """Guess how this file is read. `region` ("RU") is the country of national phones."""
    layout = guess_layout(content, encoding or guess_encoding(content))
    sample = [row for row in islice(rows(content, layout), _SAMPLE_ROWS) if row.fault is None]
    if layout.delimiter == JSON_LINES:
        header, titles, body = True, layout.keys, sample
    else:
        header = _has_header(sample)
        width = max((len(row.cells) for row in sample), default=0)
        first = [cell.strip() for cell in sample[0].cells] if header else []
        titles = tuple((first + [""] * width)[:width])
        body = sample[1:] if header else sample
    return Reading(layout, header, _roles(titles, body, region), titles)


def _has_header(sample: Sequence[Row]) -> bool:
    """Whether the first row has known titles, or has no recipient while most others do."""
    if not sample:
        return False
    if any(map(looks_like_recipient, sample[0].cells)):
        return False
    if any(_by_title(cell) for cell in sample[0].cells):
        return True
    body = sample[1:]
    usable = sum(any(map(looks_like_recipient, row.cells)) for row in body)
    return usable * 2 > len(body) > 0


def _by_title(title: str) -> Role | None:
    """Return the role that a title names: by the whole title, else by one of its words."""
    whole = field_name(title)
    for role, words in _WORDS.items():
        if whole in words:
            return role
    parts = set(whole.split("_")) - {"id", "ид"}  # "order_id" is not a recipient
    for role, words in _WORDS.items():
        if parts & words:
            return role
    return None


def _roles(titles: Sequence[str], body: Sequence[Row], region: str) -> tuple[Role, ...]:
    hints = [_by_title(title) for title in titles]
    columns = [
        [tidy(row.cells[n]) for row in body if n < len(row.cells) and row.cells[n].strip()]
        for n in range(len(titles))
    ]
    roles = [_role(hint, cells, region) for hint, cells in zip(hints, columns, strict=True)]
    if len(roles) == 1 and roles[0] not in RECIPIENTS and _share(columns[0], _is_bare_name) > 0.8:
        roles[0] = Role.USERNAME
    if Role.PHONE in roles or Role.USERNAME in roles:
        # A bare "id" beside a phone is a row number of another system.
        roles = [
            Role.EXTRA if role is Role.USER_ID and field_name(title) in ("id", "ид", "") else role
            for role, title in zip(roles, titles, strict=True)
        ]
    return tuple(_with_one_name(roles, columns))


def _role(hint: Role | None, cells: list[str], region: str) -> Role:
    """Return the role of the title unless the cells contradict it, else the cells' role."""
    tests: dict[Role, Callable[[str], bool]] = {
        Role.USERNAME: lambda cell: isinstance(username(cell), Identity),
        Role.PHONE: lambda cell: isinstance(phone(cell, region), Identity),
        Role.USER_ID: lambda cell: len(cell) > 4 and isinstance(user_id(cell), Identity),
    }
    if hint is Role.NAME and _share(cells, looks_like_recipient) < 0.5:
        return Role.NAME
    if hint in tests and (not cells or _share(cells, tests[hint]) >= 0.3):
        return hint
    if _share(cells, is_username) > 0.5:
        return Role.USERNAME
    if _share(cells, looks_like_recipient) > 0.5:
        return Role.PHONE if _share(cells, tests[Role.PHONE]) > 0.5 else Role.USER_ID
    if _share(cells, lambda cell: is_username(cell) or looks_like_recipient(cell)) > 0.5:
        return Role.PHONE
    if not hint and len(set(cells)) == len(cells) > 0 and _share(cells, _is_long_id) > 0.9:
        return Role.USER_ID
    return Role.EXTRA


def _with_one_name(roles: list[Role], columns: list[list[str]]) -> list[Role]:
    """Keep one name column: the first with such a title, else the first of mostly letters."""
    named = [n for n, role in enumerate(roles) if role is Role.NAME]
    if not named:
        wordy = (n for n, role in enumerate(roles) if role is Role.EXTRA)
        named = [n for n in wordy if _share(columns[n], _is_wordy) > 0.7]
    first = named[:1]
    return [
        Role.NAME if n in first else Role.EXTRA if role is Role.NAME else role
        for n, role in enumerate(roles)
    ]


def _share(cells: list[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_bare_name(cell: str) -> bool:
    return isinstance(username(cell), Identity)


def _is_long_id(cell: str) -> bool:
    return 7 <= len(cell) <= 13 and cell.isascii() and cell.isdigit()


def _is_wordy(cell: str) -> bool:
    return bool(cell) and cell[0].isalpha() and not any(c.isdigit() for c in cell)
