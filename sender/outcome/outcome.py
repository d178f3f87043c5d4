"""What one attempt came to. Telegram's answers are translated into these before anyone decides.

Sent            it arrived: here is the message's id
Ambiguous       nobody knows: ask again with the same random_id until somebody does
Wait            Telegram says wait N seconds; it did not arrive
Refused         definitely not delivered, and trying again will not help
Retry           definitely not delivered, but worth another try (counts against the limit)
Unreachable     this account cannot find the contact (the peer could not be resolved)
AccountLost     the session is gone; in doubt about this one message
AccountLimited  PEER_FLOOD: not delivered, and this account must not write to new people
StaleMedia      not delivered: the uploaded file is forgotten and must be uploaded anew
StalePeer       not delivered: the account's way to the contact is wrong and is looked up anew
BadContent      the message itself is refused: others would get the same answer
Misconfigured   our application is refused: nothing can be sent by anybody
Unclassified    refused, by a name that is not in the table of errors
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

FLOOD_MARGIN = timedelta(seconds=1)  # Telegram rounds its waits down


@dataclass(frozen=True, slots=True)
class Sent:
    message_id: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """`client_failed`: the connection is to blame, so the client must not be used again."""

    reason: str
    client_failed: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """`one_chat`: only this chat is slow, the account may go on elsewhere."""

    seconds: int
    reason: str
    one_chat: bool = False

    @classmethod
    def of(cls, left: timedelta, reason: str) -> Wait:
        """A wait that was told before and has so much `left`."""
        return cls(max(0, math.ceil((left - FLOOD_MARGIN).total_seconds())), reason)

    @property
    def duration(self) -> timedelta:
        """How long nothing is asked: the seconds that Telegram named, and a margin."""
        return timedelta(seconds=self.seconds) + FLOOD_MARGIN


@dataclass(frozen=True, slots=True)
class Refused:
    """`opted_out`: the person blocked us, which bars them everywhere. `permanent`: nobody can
    ever write to this contact."""

    reason: str
    opted_out: bool = False
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """`permanent`: it is no use to look for this contact again."""

    reason: str
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class AccountLost:
    reason: str


@dataclass(frozen=True, slots=True)
class AccountLimited:
    reason: str


@dataclass(frozen=True, slots=True)
class StaleMedia:
    reason: str


@dataclass(frozen=True, slots=True)
class StalePeer:
    reason: str


@dataclass(frozen=True, slots=True)
class BadContent:
    """`of_file`: the file is to blame, which is the same for all; else it may be one's words."""

    reason: str
    of_file: bool = False


@dataclass(frozen=True, slots=True)
class Misconfigured:
    reason: str


@dataclass(frozen=True, slots=True)
class Unclassified:
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
    | StaleMedia
    | StalePeer
    | BadContent
    | Misconfigured
    | Unclassified
)


class CallFailed(Exception):
    """A call came to `outcome`, and there is nothing to do without its answer."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(getattr(outcome, "reason", repr(outcome)))
        self.outcome = outcome


def ends_client(outcome: Outcome) -> bool:
    """Whether the client that made this attempt must be thrown away."""
    return isinstance(outcome, AccountLost) or (
        isinstance(outcome, Ambiguous) and outcome.client_failed
    )
