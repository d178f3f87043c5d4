"""People who command the bot, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a handler may require. SEE is everybody's; a handler that declares none is denied."""

    SEE = "see"
    BUILD = "build"  # lists, messages, campaigns
    ACCOUNTS = "accounts"
    TEAM = "team"  # roles and settings
    PHONES = "phones"  # full phones, exports
    AUDIT = "audit"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right) - {Right.TEAM},
    Role.OPERATOR: frozenset({Right.SEE, Right.BUILD}),
    Role.AUDITOR: frozenset({Right.SEE, Right.AUDIT}),
}


@dataclass(frozen=True, slots=True)
class Admin:
    """One row of admins. `id` is Telegram's user id; `language` and `zone` None: not chosen."""

    id: int
    name: str
    role: Role
    language: str | None
    zone: str | None

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    def may_change(self, created_by: int) -> bool:
        """Lists, messages and campaigns: an operator changes only their own."""
        return self.may(Right.BUILD) and (self.role is not Role.OPERATOR or created_by == self.id)
