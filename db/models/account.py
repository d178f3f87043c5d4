"""What a sender account is, and when it may change.

active ──rest──▶ resting(until) ──wake──▶ active
active ──limit─▶ limited(until) ──wake──▶ active
active ──hold──▶ held ──release──▶ active
a limited account may be told to rest; resting and limited ones may be held
lose: from any that is signed in ──▶ lost      disable: from any but lost ──▶ disabled
connect: from lost, disabled ──▶ active (a new sign-in)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AccountStatus(StrEnum):
    ACTIVE = "active"  # may send
    RESTING = "resting"  # Telegram said wait: nothing leaves until resting_until
    LIMITED = "limited"  # PEER_FLOOD: no first contacts until resting_until
    HELD = "held"  # paused by itself for a person to look at: nothing leaves until released
    LOST = "lost"  # the session is gone: a person signs in again
    DISABLED = "disabled"  # switched off by an admin


class AccountEvent(StrEnum):
    REST = "rest"
    LIMIT = "limit"
    WAKE = "wake"
    HOLD = "hold"
    RELEASE = "release"
    LOSE = "lose"
    DISABLE = "disable"
    CONNECT = "connect"


_S, _E = AccountStatus, AccountEvent

TRANSITIONS: dict[tuple[AccountStatus, AccountEvent], AccountStatus] = {
    (_S.ACTIVE, _E.REST): _S.RESTING,
    (_S.RESTING, _E.REST): _S.RESTING,
    (_S.LIMITED, _E.REST): _S.RESTING,
    (_S.ACTIVE, _E.LIMIT): _S.LIMITED,
    (_S.RESTING, _E.LIMIT): _S.LIMITED,
    (_S.LIMITED, _E.LIMIT): _S.LIMITED,
    (_S.RESTING, _E.WAKE): _S.ACTIVE,
    (_S.LIMITED, _E.WAKE): _S.ACTIVE,
    (_S.ACTIVE, _E.HOLD): _S.HELD,
    (_S.RESTING, _E.HOLD): _S.HELD,
    (_S.LIMITED, _E.HOLD): _S.HELD,
    (_S.HELD, _E.RELEASE): _S.ACTIVE,
    (_S.ACTIVE, _E.LOSE): _S.LOST,
    (_S.RESTING, _E.LOSE): _S.LOST,
    (_S.LIMITED, _E.LOSE): _S.LOST,
    (_S.HELD, _E.LOSE): _S.LOST,
    (_S.ACTIVE, _E.DISABLE): _S.DISABLED,
    (_S.RESTING, _E.DISABLE): _S.DISABLED,
    (_S.LIMITED, _E.DISABLE): _S.DISABLED,
    (_S.HELD, _E.DISABLE): _S.DISABLED,
    (_S.LOST, _E.CONNECT): _S.ACTIVE,
    (_S.DISABLED, _E.CONNECT): _S.ACTIVE,
    (_S.ACTIVE, _E.CONNECT): _S.ACTIVE,
    (_S.RESTING, _E.CONNECT): _S.RESTING,
    (_S.LIMITED, _E.CONNECT): _S.LIMITED,
    (_S.HELD, _E.CONNECT): _S.HELD,
}


# Reached by itself, and a person should look: the admins are told.
TOLD = frozenset({_S.LIMITED, _S.HELD, _S.LOST})


def after(status: AccountStatus, event: AccountEvent) -> AccountStatus | None:
    """The status that `event` leads to, or None when it is not lawful now."""
    return TRANSITIONS.get((status, event))


def sources(event: AccountEvent) -> list[AccountStatus]:
    """The statuses from which `event` is lawful."""
    return [status for status, e in TRANSITIONS if e is event]


@dataclass(frozen=True, slots=True)
class Account:
    """One row of accounts, without its secret. `user_id` is Telegram's."""

    id: int
    user_id: int
    name: str
    phone: str | None
    username: str | None
    status: AccountStatus
    status_reason: str | None
    resting_until: datetime | None


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
