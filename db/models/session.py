"""The state of a Telegram session besides its key: known entities and update states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class SealedSession(NamedTuple):
    """The latest sign-in of an account.

    `sealed` is the encrypted session; None when the account is signed out. `sign_in` counts the
    sign-ins from 1.
    """

    user_id: int
    sealed: bytes | None
    sign_in: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A user, group or channel that one account has met.

    `entity_id` is Telethon's marked id: users are positive, groups negative, channels begin with
    -100; 0 is the account itself. `access_hash` is valid for that account only.
    """

    entity_id: int
    access_hash: int
    username: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateState:
    """Up to where updates were received: of a channel, or of the whole account (`entity_id` 0).

    The numbers are those of Telegram's updates.State.
    """

    entity_id: int
    pts: int
    qts: int
    date: datetime
    seq: int
