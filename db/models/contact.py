"""A contact, and the identities by which two rows are recognised as one."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import NamedTuple


class Identity(NamedTuple):
    """What identifies a contact, at least one of the three.

    `phone` is E.164. `username` has no @.
    """

    user_id: int | None = None
    phone: str | None = None
    username: str | None = None

    @property
    def key(self) -> str:
        """The name under which a contact is stored: the first of `all_names`."""
        return self.all_names()[0]

    def all_names(self) -> list[str]:
        """Return all names of this contact: 'id:42', 'phone:+7…', 'username:anna'.

        The most reliable comes first. Raise ValueError when there is none.
        """
        names = []
        if self.user_id is not None:
            names.append(f"id:{self.user_id}")
        if self.phone is not None:
            names.append(f"phone:{self.phone}")
        if self.username is not None:
            names.append(f"username:{self.username.casefold()}")
        if not names:
            raise ValueError("A contact needs an id, a phone or a username")
        return names

    def hashes(self, suppression_key: bytes) -> list[bytes]:
        """Return the identity hash of each name; suppressions are matched against them."""
        return [identity_hash(suppression_key, name) for name in self.all_names()]


def identity_hash(suppression_key: bytes, name: str) -> bytes:
    """Return HMAC-SHA256 of one name ('phone:+7…') under the installation's suppression key."""
    return hmac.digest(suppression_key, name.encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class NewContact:
    """A valid row of a file. `row` is its number in the file, from 1, as an admin sees it."""

    identity: Identity
    row: int
    fields: dict[str, str] = field(default_factory=dict)
