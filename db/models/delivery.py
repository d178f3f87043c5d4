"""A delivery: one campaign's message to one contact, and the transitions of its status.

pending ──claim──▶ sending ──deliver──▶ sent
   │  ▲               │ ▲ │  ──refuse───▶ failed
   │  └─────defer─────┘ │ │  ──skip─────▶ skipped
   │                    │ └────give_up──▶ unknown ──confirm──▶ sent
   └──────────give_up───┼───────────────▶ unknown ──reopen───▶ pending
                        └ rescue: sending again, with the same random_id

rescue: an expired claim is replaced, or kept longer, or ended early; the status stays.
give_up from pending: an earlier attempt may have arrived and cannot be repeated.
To settle a delivery is to move it to sent, failed, skipped or unknown. One statement does it
(db.queries.deliveries.settle). Sent, failed and skipped are final. Unknown lasts until an admin
decides: confirm says that it arrived; reopen sends it again, in a new generation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from db.models.contact import Identity
from db.models.template import Filled


class DeliveryStatus(StrEnum):
    PENDING = "pending"  # not claimed; with due_at: not to be claimed before that moment
    SENDING = "sending"  # claimed, which is committed before any request to Telegram
    SENT = "sent"  # Telegram has confirmed it with a message id
    FAILED = "failed"  # Telegram refused for good, or the retry limit was reached
    SKIPPED = "skipped"  # not sent on purpose: suppressed, a second contact of one person …
    UNKNOWN = "unknown"  # it may have arrived and cannot be repeated: a person decides


class DeliveryEvent(StrEnum):
    CLAIM = "claim"
    RESCUE = "rescue"
    DEFER = "defer"
    SKIP = "skip"
    DELIVER = "deliver"
    REFUSE = "refuse"
    GIVE_UP = "give_up"
    CONFIRM = "confirm"
    REOPEN = "reopen"


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
    (_S.UNKNOWN, _E.CONFIRM): _S.SENT,
    (_S.UNKNOWN, _E.REOPEN): _S.PENDING,
}


def after(status: DeliveryStatus, event: DeliveryEvent) -> DeliveryStatus | None:
    """Return the status that `event` leads to; None when `status` does not allow it."""
    return TRANSITIONS.get((status, event))


def sources(event: DeliveryEvent) -> list[DeliveryStatus]:
    """Return the statuses that allow `event`."""
    return [status for status, e in TRANSITIONS if e is event]


SETTLED = frozenset({_S.SENT, _S.FAILED, _S.SKIPPED, _S.UNKNOWN})


class Claimed(NamedTuple):
    """A delivery claimed until `claimed_until`, to be sent at `slot_at` and not before.

    `attempts` counts requests to Telegram; `retries` counts those of them that were refused for the
    time being. `in_doubt`: an earlier attempt may have arrived, so only the same random_id from the
    same account may be sent. `account_id` and `random_id` are None until they were frozen.
    `person_id` is None until the contact was identified. `pos` is the row's place in its campaign.
    `skip_reason` is why it must not be sent now; such a row has no slot of its own. `wait_until`,
    with Reason.FREQUENCY, is when it may be sent.
    """

    # A tuple, because thousands are made per second. The fields have the order of the claim's
    # columns.

    id: int
    token: int
    contact_id: int
    attempts: int
    retries: int
    in_doubt: bool
    account_id: int | None
    random_id: int | None
    person_id: int | None
    pos: int
    generation: int
    identity: Identity
    slot_at: datetime
    claimed_until: datetime
    skip_reason: str | None = None
    wait_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The result of one claim; `next_slot_at` is the first free slot after it.

    `to_skip` are the claimed rows with a `skip_reason`, to be settled unsent. `rows` are the others
    and may be empty.
    """

    rows: list[Claimed]
    next_slot_at: datetime
    to_skip: list[Claimed]


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is stored before the first attempt of a delivery.

    `account_id` None: no account sends it (a dry run). `person_id` and `peer_id`, the person's
    Telegram id, are None when it goes to no person: a dry run, or the account's own Saved Messages.
    """

    id: int
    token: int
    account_id: int | None
    person_id: int | None
    peer_id: int | None
    random_id: int
    content: Filled


class Verdict(StrEnum):
    """What the freeze has decided about a delivery."""

    FROZEN = "frozen"  # it may be sent
    SUPPRESSED = "suppressed"  # a name of the person is suppressed
    SAME_PERSON = "same_person"  # another delivery of the campaign is for the same person
    UNREACHABLE = "unreachable"  # a bot, or an account that is deleted
    FREQUENCY = "frequency"  # the person got another campaign's message; may be sent later
    LOST = "lost"  # another claim has it, or the campaign or the account's lease has ended


class Judged(NamedTuple):
    """The freeze's decision about one delivery.

    `reason` is the person's own with UNREACHABLE. `wait_until` is when it may be sent, with
    FREQUENCY.
    """

    verdict: Verdict
    reason: str | None = None
    wait_until: datetime | None = None


class Settled(NamedTuple):
    """The end of a delivery: a status of SETTLED, with the message's id (SENT) or the reason.

    `token` is that of its claim; None for a pending row that the caller has locked. `message_id`
    is 0 when none is known: of a dry run, and of a message that an admin says arrived. `decided`:
    an admin ends an unknown delivery so; its `token` is None.
    """

    id: int
    token: int | None
    status: DeliveryStatus
    message_id: int | None = None
    reason: str | None = None
    decided: bool = False


class WaitingGroup(NamedTuple):
    """Due deliveries of one kind: pinned to `account_id`, or to none; in doubt or not."""

    account_id: int | None
    in_doubt: bool


class Waiting(NamedTuple):
    """What is left of a campaign: the kinds of due deliveries, and when the next becomes due.

    `groups` is empty while a delivery is in flight. `next_due_at` None: no other becomes due.
    """

    groups: list[WaitingGroup]
    next_due_at: datetime | None
