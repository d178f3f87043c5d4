"""What a delivery is (one campaign × one contact), and when it may change.

pending ──claim──▶ sending ──deliver──▶ sent
   │  ▲               │ ▲ │  ──refuse───▶ failed
   │  └─────defer─────┘ │ │  ──skip─────▶ skipped
   │                    │ └────give_up──▶ unknown
   └──────────give_up───┼───────────────▶ unknown
                        └ rescue: another claim of the same row, with the same random_id

One statement ends deliveries (db.queries.deliveries.settle). A pending row is given up when an
attempt of it may have arrived and cannot be asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from db.models.contact import Identity
from db.models.template import Filled


class DeliveryStatus(StrEnum):
    PENDING = "pending"  # not claimed; with due_at: not before that moment
    SENDING = "sending"  # claimed: committed before the network is touched
    SENT = "sent"  # Telegram said so, with a message id
    FAILED = "failed"  # Telegram refused for good, or the retry limit was reached
    SKIPPED = "skipped"  # we chose not to write: suppressed, a double of the same person …
    UNKNOWN = "unknown"  # it may have arrived and cannot be asked any more: a person decides


class DeliveryEvent(StrEnum):
    CLAIM = "claim"
    RESCUE = "rescue"
    DEFER = "defer"
    SKIP = "skip"
    DELIVER = "deliver"
    REFUSE = "refuse"
    GIVE_UP = "give_up"


_S, _E = DeliveryStatus, DeliveryEvent

TRANSITIONS: dict[tuple[DeliveryStatus, DeliveryEvent], DeliveryStatus] = {
    (_S.PENDING, _E.CLAIM): _S.SENDING,
    (_S.PENDING, _E.GIVE_UP): _S.UNKNOWN,
    (_S.SENDING, _E.RESCUE): _S.SENDING,
    (_S.SENDING, _E.DEFER): _S.PENDING,
    (_S.SENDING, _E.SKIP): _S.SKIPPED,
    (_S.SENDING, _E.DELIVER): _S.SENT,
    (_S.SENDING, _E.REFUSE): _S.FAILED,
    (_S.SENDING, _E.GIVE_UP): _S.UNKNOWN,
}


def after(status: DeliveryStatus, event: DeliveryEvent) -> DeliveryStatus | None:
    """The status that `event` leads to, or None when it is not lawful now."""
    return TRANSITIONS.get((status, event))


def sources(event: DeliveryEvent) -> list[DeliveryStatus]:
    """The statuses from which `event` is lawful."""
    return [status for status, e in TRANSITIONS if e is event]


SETTLED = frozenset({_S.SENT, _S.FAILED, _S.SKIPPED, _S.UNKNOWN})


class Claimed(NamedTuple):
    """A delivery that is ours until `claimed_until`, to leave at `slot_at` and not before.

    `asked`: an earlier attempt may have arrived, so only the same random_id from the same account
    may go out again. `account_id` and `random_id` are set once they were frozen. `bar` is why it
    must not be sent at all; such a row has no slot of its own. A tuple, since thousands of them
    are made a second; in the order of the claim's columns.
    """

    id: int
    token: int
    contact_id: int
    attempts: int
    retries: int
    asked: bool
    account_id: int | None
    random_id: int | None
    identity: Identity
    slot_at: datetime
    claimed_until: datetime
    bar: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one claim took; `next_slot_at` is the first free slot after it.

    `barred` rows are to be ended unsent. `rows` may be empty when all that was taken is barred.
    """

    rows: list[Claimed]
    next_slot_at: datetime
    barred: list[Claimed]


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is written down before the first attempt; `peer_id` None: our own Saved Messages.

    `person_hash` is the hash of the person's id, which the contact may have lacked when it was
    claimed.
    """

    id: int
    token: int
    account_id: int | None
    peer_id: int | None
    random_id: int
    content: Filled
    person_hash: bytes | None = None


class Settled(NamedTuple):
    """The end of a delivery: a status of SETTLED, with the message's id or the reason.

    `token` is its claim's; None for a pending row that the caller has locked.
    """

    id: int
    token: int | None
    status: DeliveryStatus
    message_id: int | None = None
    reason: str | None = None
