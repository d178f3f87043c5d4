"""What one attempt came to. Telegram's answers are translated into these before anyone decides.

Sent            it arrived: here is the message's id
Ambiguous       nobody knows: ask again with the same random_id until somebody does
Wait            Telegram says wait N seconds; it did not arrive
Refused         definitely not delivered, and trying again will not help
Retry           definitely not delivered, but worth another try (counts against the limit)
Unreachable     this account cannot find the contact (the peer could not be resolved)
AccountLost     the session is gone; in doubt about this one message
AccountLimited  PEER_FLOOD: not delivered, and this account must not write to new people
BadContent      the message itself is refused: everybody would get the same answer
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Sent:
    message_id: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    seconds: int
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`opted_out`: the person blocked us, which bars them everywhere."""

    reason: str
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    reason: str


@dataclass(frozen=True, slots=True)
class AccountLost:
    reason: str


@dataclass(frozen=True, slots=True)
class AccountLimited:
    reason: str


@dataclass(frozen=True, slots=True)
class BadContent:
    reason: str


Outcome: TypeAlias = (
    Sent
    | Ambiguous
    | Wait
    | Refused
    | Retry
    | Unreachable
    | AccountLost
    | AccountLimited
    | BadContent
)
