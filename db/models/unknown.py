"""A delivery that may have arrived, and what an admin decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """What becomes of an unknown delivery; one for each generation of it."""

    ARRIVED = "arrived"  # it is sent
    SEND_AGAIN = "send_again"  # it is pending again, under another random_id
    LEAVE = "leave"  # it stays unknown, and is not asked about any more


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that stands: by which admin, when."""

    decision: Decision
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unknown:
    """A delivery that is or was unknown in its generation `generation`.

    `name` is from the contact list. `phone` is complete: mask it before it is shown. `asked_at` is
    the first attempt by the account called `account`, `settled_at` when it became unknown, for
    `reason`. `account` None: its row is gone. `decided` None: the question is open.
    """

    delivery_id: int
    campaign_id: int
    generation: int
    name: str | None
    username: str | None
    phone: str | None
    user_id: int | None
    asked_at: datetime | None
    settled_at: datetime
    account: str | None
    reason: str
    decided: Decided | None = None


@dataclass(frozen=True, slots=True)
class OpenUnknowns:
    """The open questions of one campaign: how many, and when the latest of them came up."""

    count: int
    latest_at: datetime | None
