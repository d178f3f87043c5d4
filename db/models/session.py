"""What a Telegram session remembers besides its key: whom it has met, and what it has heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class SealedSession(NamedTuple):
    """What an account's sign-in left: its number, and the key, unless the account is signed out."""

    user_id: int
    sealed: bytes | None
    sign_in: int


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody as one account may address them. `entity_id` is Telethon's marked id: people are
    positive, groups negative, channels begin with -100; 0 is the account itself."""

    entity_id: int
    access_hash: int
    username: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateState:
    """Up to where updates were heard: of a channel, or of the whole account (`entity_id` 0)."""

    entity_id: int
    pts: int
    qts: int
    date: datetime
    seq: int
