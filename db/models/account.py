"""An account that sends: separate facts, and the status that is derived from them.

Each fact has columns of its own and is changed without touching the others:

    resting_until, rest_reason    a flood wait, or Telegram did not answer: nothing is sent before
    limited_until, limit_reason   PEER_FLOOD: no first contact is made before
    held_at, hold_reason          nothing is sent until an admin releases the account
    lost_at, loss_reason          the session of the latest sign-in is gone
    disabled_at                   an admin has switched the account off

A status is derived when a row is read and is never stored: disabled, else lost, else held, else
resting, else limited, else active.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self


class AccountStatus(StrEnum):
    """The most restrictive fact of an account at a moment."""

    ACTIVE = "active"  # may send
    RESTING = "resting"  # nothing is sent until resting_until
    LIMITED = "limited"  # may send, but makes no first contact until limited_until
    HELD = "held"  # nothing is sent until an admin releases it
    LOST = "lost"  # must be signed in again
    DISABLED = "disabled"  # switched off by an admin


@dataclass(frozen=True, slots=True)
class Account:
    """One row of accounts without its session, as read at `at` by the database's clock.

    `user_id` is Telegram's. Moments are aware datetimes. A rest or a limit whose moment has passed
    is over. Reasons are error names of Telegram or of this product.
    """

    id: int
    user_id: int
    name: str
    phone: str | None
    username: str | None
    at: datetime = field(compare=False)
    resting_until: datetime | None = None
    rest_reason: str | None = None
    limited_until: datetime | None = None
    limit_reason: str | None = None
    held_at: datetime | None = None
    hold_reason: str | None = None
    lost_at: datetime | None = None
    loss_reason: str | None = None
    disabled_at: datetime | None = None

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> Self:
        """Return the account that the columns of a row are, with the moment `at` of its reading."""
        return cls(**{name: columns[name] for name in cls.__slots__})

    @property
    def rests(self) -> bool:
        """Whether nothing may be sent before `resting_until`."""
        return self.resting_until is not None and self.resting_until > self.at

    @property
    def limited(self) -> bool:
        """Whether no first contact may be made before `limited_until`."""
        return self.limited_until is not None and self.limited_until > self.at

    @property
    def status(self) -> AccountStatus:
        """The most restrictive fact at `at`."""
        if self.disabled_at is not None:
            return AccountStatus.DISABLED
        if self.lost_at is not None:
            return AccountStatus.LOST
        if self.held_at is not None:
            return AccountStatus.HELD
        if self.rests:
            return AccountStatus.RESTING
        return AccountStatus.LIMITED if self.limited else AccountStatus.ACTIVE

    @property
    def status_reason(self) -> str | None:
        """The reason of the fact that gives the status; None when active or disabled."""
        return {
            AccountStatus.RESTING: self.rest_reason,
            AccountStatus.LIMITED: self.limit_reason,
            AccountStatus.HELD: self.hold_reason,
            AccountStatus.LOST: self.loss_reason,
        }.get(self.status)

    @property
    def until(self) -> datetime | None:
        """When the status ends by itself; None when it does not."""
        return {
            AccountStatus.RESTING: self.resting_until,
            AccountStatus.LIMITED: self.limited_until,
        }.get(self.status)


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """One row of account_events: the account came to `status` for `reason`.

    `name` is the account's. The status is LIMITED, HELD or LOST; the admins are notified of it.
    """

    id: int
    account_id: int
    name: str
    status: AccountStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class Peer:
    """How one account addresses a contact. `kind`: 'user', 'channel' or 'chat'.

    `access_hash` is valid for that account only.
    """

    kind: str
    peer_id: int
    access_hash: int


class KnownPair(NamedTuple):
    """An account that has resolved or met a contact.

    `talking`: they have a conversation. `person_id` and `peer` are the person that the contact is,
    or is believed to be, and how the account addresses them; None where it has met them only.
    """

    contact_id: int
    account_id: int
    talking: bool
    person_id: int | None
    peer: Peer | None


@dataclass(frozen=True, slots=True)
class AccountMedia:
    """A file that one account has uploaded. `kind`: 'photo' or 'document'.

    It holds what Telegram's inputPhoto and inputDocument need; all is valid for that account only.
    """

    media_id: int
    kind: str
    file_id: int
    access_hash: int
    file_reference: bytes
