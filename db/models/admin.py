"""People who may use the bot, and the rights of their roles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a handler may require. A handler that declares none is denied."""

    SEE = "see"  # every role has it
    BUILD = "build"  # create and change lists, messages and campaigns
    ACCOUNTS = "accounts"
    TEAM = "team"  # change roles and settings
    PHONES = "phones"  # see complete phone numbers, export
    AUDIT = "audit"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right) - {Right.TEAM},
    Role.OPERATOR: frozenset({Right.SEE, Right.BUILD}),
    Role.AUDITOR: frozenset({Right.SEE, Right.AUDIT}),
}


@dataclass(frozen=True, slots=True)
class Admin:
    """One row of admins. `id` is Telegram's user id.

    `language` ("en" or "ru") and `zone` (an IANA name) are None until they are chosen.
    """

    id: int
    name: str
    role: Role
    language: str | None
    zone: str | None

    def may(self, right: Right) -> bool:
        """Return whether the role has this right."""
        return right in RIGHTS[self.role]

    def may_change(self, created_by: int) -> bool:
        """Return whether the admin may change a list, message or campaign of `created_by`.

        An operator may change only their own.
        """
        return self.may(Right.BUILD) and (self.role is not Role.OPERATOR or created_by == self.id)
