"""A long-running operation, and when its status may change.

queued ──claim──▶ running ──complete──▶ done
   ▲               │  │ └───fail──────▶ failed
   └───release─────┘  └─────cancel────▶ cancelled
claim: from queued, and from running when its worker gave no sign of life (`claimed_until`)
release: given back by its worker, to be claimed again after a while

A request to cancel is no event: it is a mark on the row that the worker acts on at its next chunk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class OperationStatus(StrEnum):
    QUEUED = "queued"  # waits for a worker
    RUNNING = "running"  # a worker holds the claim
    DONE = "done"
    FAILED = "failed"  # for `reason`; nothing of it remains
    CANCELLED = "cancelled"  # as asked; nothing of it remains


class OperationEvent(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"


class OperationKind(StrEnum):
    """What the operation does; it decides what `subject_id` refers to."""

    IMPORT = "import"  # an upload becomes a contact list
    EXPANSION = "expansion"  # a campaign gets its deliveries
    EXPORT = "export"  # a campaign's report is sent as a file
    GATHERING = "gathering"  # those who wrote to an account become a contact list


_S, _E = OperationStatus, OperationEvent

TRANSITIONS: dict[tuple[OperationStatus, OperationEvent], OperationStatus] = {
    (_S.QUEUED, _E.CLAIM): _S.RUNNING,
    (_S.RUNNING, _E.CLAIM): _S.RUNNING,
    (_S.RUNNING, _E.RELEASE): _S.QUEUED,
    (_S.RUNNING, _E.COMPLETE): _S.DONE,
    (_S.RUNNING, _E.FAIL): _S.FAILED,
    (_S.RUNNING, _E.CANCEL): _S.CANCELLED,
}
ACTIVE = (OperationStatus.QUEUED, OperationStatus.RUNNING)


def after(status: OperationStatus, event: OperationEvent) -> OperationStatus | None:
    """Return the status that `event` leads to; None when it is not lawful now."""
    return TRANSITIONS.get((status, event))


def sources(event: OperationEvent) -> list[OperationStatus]:
    """Return the statuses from which `event` is lawful."""
    return [status for status, e in TRANSITIONS if e is event]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an operation has come, in its kind's units; `total` None: unknown."""

    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of operations.

    `token` fences the writes of the worker that claimed it. `attempts` counts claims since the
    last checkpoint. `requested_by` None: by itself.
    """

    id: int
    kind: OperationKind
    status: OperationStatus
    subject_id: int
    requested_by: int | None
    progress: Progress
    attempts: int
    token: int | None
    cancel_requested_at: datetime | None
    params: dict[str, Any] = field(default_factory=dict)
    checkpoint: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    reason: str | None = None
