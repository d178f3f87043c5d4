"""Someone we may write to, and how we know that two rows are the same one."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import NamedTuple


class Identity(NamedTuple):
    """What names a contact: at least one of the three. `phone` is E.164, `username` without @."""

    user_id: int | None = None
    phone: str | None = None
    username: str | None = None

    @property
    def key(self) -> str:
        """The one name a contact is stored under; the surest identity wins."""
        return self.all_names()[0]

    def all_names(self) -> list[str]:
        """Every name of this contact, surest first: 'id:42', 'phone:+7…', 'username:anna'."""
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
        """What suppressions are matched against; they outlive the contact itself."""
        return [identity_hash(suppression_key, name) for name in self.all_names()]


def identity_hash(suppression_key: bytes, name: str) -> bytes:
    """HMAC-SHA256 of one name ('phone:+7…') under this installation's suppression key."""
    return hmac.digest(suppression_key, name.encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class NewContact:
    """A usable row of a file. `row` counts from 1 as the file's reader sees it."""

    identity: Identity
    row: int
    fields: dict[str, str] = field(default_factory=dict)
