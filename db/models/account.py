"""What a sender account is: separate facts, and the status that follows from them.

Each fact has columns of its own and is changed without touching the others:

    resting_until, rest_reason    Telegram said wait, or did not answer: nothing leaves before then
    limited_until, limit_reason   PEER_FLOOD: no first contacts before then
    held_at, hold_reason          a person must look: nothing leaves until an admin releases it
    lost_at, loss_reason          the session of the latest sign-in is gone
    disabled_at                   an admin has switched it off

A status is derived when a row is read and is never stored: disabled, else lost, else held, else
resting, else limited, else active.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AccountStatus(StrEnum):
    """The fact that matters most at a moment, for the eye."""

    ACTIVE = "active"  # may send
    RESTING = "resting"  # nothing leaves until resting_until
    LIMITED = "limited"  # may send, but to nobody new until limited_until
    HELD = "held"  # nothing leaves until an admin releases it
    LOST = "lost"  # a person must sign it in again
    DISABLED = "disabled"  # switched off


# The admins are told when an account comes to one of these.
TOLD = frozenset({AccountStatus.LIMITED, AccountStatus.HELD, AccountStatus.LOST})


@dataclass(frozen=True, slots=True)
class Account:
    """One row of accounts, without its secret, as it was at the moment `at` of the database.

    `user_id` is Telegram's. Moments are aware datetimes; a rest or a limit whose moment has passed
    is over.
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

    @property
    def rests(self) -> bool:
        return self.resting_until is not None and self.resting_until > self.at

    @property
    def limited(self) -> bool:
        return self.limited_until is not None and self.limited_until > self.at

    @property
    def status(self) -> AccountStatus:
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
        """Why it has its status: Telegram's error name or one of ours; None when it may send."""
        return {
            AccountStatus.RESTING: self.rest_reason,
            AccountStatus.LIMITED: self.limit_reason,
            AccountStatus.HELD: self.hold_reason,
            AccountStatus.LOST: self.loss_reason,
        }.get(self.status)

    @property
    def until(self) -> datetime | None:
        """When its status ends by itself; None when it does not."""
        return {
            AccountStatus.RESTING: self.resting_until,
            AccountStatus.LIMITED: self.limited_until,
        }.get(self.status)


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """An account (`name` is its) came to a status that the admins are told of, for `reason`."""

    id: int
    account_id: int
    name: str
    status: AccountStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class Peer:
    """A contact as one account sees it. `kind`: 'user', 'channel' or 'chat'."""

    kind: str
    peer_id: int
    access_hash: int


@dataclass(frozen=True, slots=True)
class AccountMedia:
    """A file as one account has uploaded it. `kind`: 'photo' or 'document'."""

    media_id: int
    kind: str
    file_id: int
    access_hash: int
    file_reference: bytes
