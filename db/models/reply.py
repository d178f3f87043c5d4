"""What people send back, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """One incoming private message. `said_at` is by Telegram's clock."""

    peer_id: int
    message_id: int
    text: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply that is to be acted on, and who got it."""

    account_id: int
    peer_id: int
    message_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Words that may be an opt-out. `stops` None: nobody has decided yet.

    `name` is what the contact's lists call them; phones come in full.
    """

    id: int
    peer_id: int
    account_id: int
    text: str
    name: str | None
    username: str | None
    phone: str | None
    stops: bool | None


@dataclass(frozen=True, slots=True)
class Farewell:
    """The confirmation that is still to be said, by the account that heard the opt-out."""

    peer_id: int
    account_id: int
    language: str
    attempts: int
