"""The outcomes of a call to Telegram. Answers and errors become one of these before any decision.

Sent            delivered, with the message's id
Ambiguous       perhaps delivered: repeated with the same random_id until the answer is definite
Wait            not delivered: Telegram asks to wait N seconds
Refused         not delivered, and a retry would not help
Retry           not delivered, and worth a retry (counts against the retry limit)
Unreachable     not delivered: this account could not resolve the contact to a peer
AccountLost     the session is gone; this one message is in doubt
AccountLimited  not delivered: PEER_FLOOD, the account must make no first contacts
Moved           not delivered: the account is in another data centre; its session has followed
StaleMedia      not delivered: the uploaded file has expired and must be uploaded again
StalePeer       not delivered: the known peer is wrong and must be resolved again
BadContent      not delivered: the message itself is refused, and would be for other recipients too
Misconfigured   not delivered: the application (api_id) is refused, for every account
Unclassified    not delivered, with an error name that is not in the error table

A `reason` is Telegram's error name, or a name of ours for what Telegram did not name.
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
    """`client_failed`: the connection failed, and the client must not be used again."""

    reason: str
    client_failed: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """`one_chat`: the wait holds for one chat, and the account may write to others."""

    seconds: int
    reason: str
    one_chat: bool = False

    @classmethod
    def of(cls, left: timedelta, reason: str) -> Wait:
        """Return the rest of a wait that Telegram named before: `left`, margin included."""
        return cls(max(0, math.ceil((left - FLOOD_MARGIN).total_seconds())), reason)

    @property
    def duration(self) -> timedelta:
        """The seconds that Telegram named, and a margin."""
        return timedelta(seconds=self.seconds) + FLOOD_MARGIN


@dataclass(frozen=True, slots=True)
class Refused:
    """`opted_out`: the person blocked the account, which counts as an opt-out.

    `permanent`: no account can ever write to this contact.
    """

    reason: str
    opted_out: bool = False
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """`permanent`: no account can ever resolve this contact."""

    reason: str
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class AccountLost:
    reason: str


@dataclass(frozen=True, slots=True)
class AccountLimited:
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    reason: str


@dataclass(frozen=True, slots=True)
class StaleMedia:
    reason: str


@dataclass(frozen=True, slots=True)
class StalePeer:
    reason: str


@dataclass(frozen=True, slots=True)
class BadContent:
    """`of_file`: the file is refused, which all recipients get; else a text, perhaps only one."""

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
    | Moved
    | StaleMedia
    | StalePeer
    | BadContent
    | Misconfigured
    | Unclassified
)


class CallFailed(Exception):
    """A call came to `outcome`, and its caller cannot go on without the answer."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(getattr(outcome, "reason", repr(outcome)))
        self.outcome = outcome


def ends_client(outcome: Outcome) -> bool:
    """Return whether the client that made this call must be discarded."""
    return isinstance(outcome, AccountLost | Moved) or (
        isinstance(outcome, Ambiguous) and outcome.client_failed
    )
