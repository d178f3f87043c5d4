"""Rows of operations: added, claimed by a worker, advanced, ended.

Every write of a worker carries the token of its claim; a row that is not changed was claimed by
another worker meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from db.models.operation import (
    ACTIVE,
    Operation,
    OperationEvent,
    OperationKind,
    OperationStatus,
    Progress,
    after,
    sources,
)

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

HOLD = timedelta(seconds=20)  # without a heartbeat for this long, a claim is another's to take

ADD_OPERATION = """
INSERT INTO operations (kind, subject_id, requested_by, params, done, total)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING RETURNING id
"""


async def add(
    connection: Connection,
    kind: OperationKind,
    subject_id: int,
    *,
    requested_by: int | None = None,
    params: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> int | None:
    """Queue an operation and return its id; None when the same one is queued or runs already.

    The same: kind and subject; of exports also who requested it.
    """
    progress = progress or Progress(0, None)
    args = kind, subject_id, requested_by, params or {}, progress.done, progress.total
    operation_id: int | None = await connection.fetchval(ADD_OPERATION, *args)
    return operation_id


CLAIM_OPERATION = """
UPDATE operations SET
    status = $3, claim_token = nextval('claim_tokens'), claimed_by = $2,
    claimed_until = clock_timestamp() + $5::interval, attempts = attempts + 1,
    started_at = coalesce(started_at, clock_timestamp())
WHERE id = (
    SELECT id FROM operations
    WHERE kind = ANY($1) AND status = ANY($4)
      AND CASE status WHEN 'queued' THEN due_at ELSE claimed_until END <= clock_timestamp()
      AND (kind <> 'gathering' OR cancel_requested_at IS NOT NULL OR EXISTS (
          SELECT FROM accounts WHERE accounts.id = subject_id AND (owner = $2
              OR lost_at IS NOT NULL OR disabled_at IS NOT NULL OR held_at IS NOT NULL)))
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""


async def claim(
    connection: Connection, kinds: Sequence[OperationKind], process: str
) -> Operation | None:
    """Claim the next operation of these kinds that is due or abandoned; None when there is none.

    A gathering goes to the process with its account's lease; to any process if it can only end."""
    allowed = sources(OperationEvent.CLAIM)
    target = after(allowed[0], OperationEvent.CLAIM)
    row = await connection.fetchrow(CLAIM_OPERATION, kinds, process, target, allowed, HOLD)
    return None if row is None else _operation(row)


EXPIRE_OPERATIONS = """
UPDATE operations SET claimed_until = clock_timestamp(), claim_token = nextval('claim_tokens')
WHERE status = 'running' AND kind = ANY($1) AND claimed_by = $2
"""


async def expire(connection: Connection, kinds: Sequence[OperationKind], process: str) -> None:
    """Expire the claims of a dead predecessor named `process`, which can write no more."""
    await connection.execute(EXPIRE_OPERATIONS, kinds, process)


HEARTBEAT = """
UPDATE operations SET claimed_until = clock_timestamp() + $3::interval
FROM unnest($1::bigint[], $2::bigint[]) AS held (id, token)
WHERE operations.id = held.id AND claim_token = token
RETURNING operations.id
"""


async def heartbeat(connection: Connection, held: dict[int, int]) -> set[int]:
    """Extend these claims (id → token); return the ids that still hold."""
    rows = await connection.fetch(HEARTBEAT, list(held), list(held.values()), HOLD)
    return {row["id"] for row in rows}


CHECKPOINT_OPERATION = """
UPDATE operations SET
    done = $3, checkpoint = $4, attempts = 0, claimed_until = clock_timestamp() + $5::interval
WHERE id = $1 AND claim_token = $2
RETURNING cancel_requested_at IS NOT NULL
"""


async def checkpoint(
    connection: Connection, operation_id: int, token: int, done: int, where: dict[str, Any]
) -> bool | None:
    """Store the progress, in the transaction of the chunk.

    Returns whether it was asked to cancel; None when the claim was lost.
    """
    args = operation_id, token, done, where, HOLD
    asked: bool | None = await connection.fetchval(CHECKPOINT_OPERATION, *args)
    return asked


RELEASE_OPERATION = """
UPDATE operations SET
    status = $3, claim_token = NULL, claimed_by = NULL, claimed_until = NULL,
    due_at = clock_timestamp() + $5::interval, attempts = greatest(0, attempts - $6::integer)
WHERE id = $1 AND claim_token = $2 AND status = ANY($4)
"""


async def release(
    connection: Connection,
    operation_id: int,
    token: int,
    wait: timedelta = timedelta(0),
    *,
    attempted: bool = True,
) -> None:
    """Give the operation back, to be claimed again after `wait`.

    `attempted` False: this attempt does not count, for it was not the operation's fault.
    """
    event = OperationEvent.RELEASE
    args = operation_id, token, after(OperationStatus.RUNNING, event), sources(event), wait
    await connection.execute(RELEASE_OPERATION, *args, 0 if attempted else 1)


END_OPERATION = """
UPDATE operations SET
    status = $3, result = $5, reason = $6, finished_at = clock_timestamp(),
    claim_token = NULL, claimed_by = NULL, claimed_until = NULL
WHERE id = $1 AND claim_token = $2 AND status = ANY($4)
RETURNING *
"""


async def end(
    connection: Connection,
    operation_id: int,
    token: int,
    event: OperationEvent,
    *,
    result: dict[str, Any] | None = None,
    reason: str | None = None,
) -> Operation | None:
    """End the operation by COMPLETE, FAIL or CANCEL; None when the claim was lost."""
    allowed = sources(event)
    target = after(allowed[0], event)
    args = operation_id, token, target, allowed, result, reason
    row = await connection.fetchrow(END_OPERATION, *args)
    return None if row is None else _operation(row)


REQUEST_CANCEL = """
UPDATE operations SET
    cancel_requested_at = coalesce(cancel_requested_at, now()), due_at = least(due_at, now())
WHERE kind = $1 AND subject_id = $2 AND requested_by = $3 AND status = ANY($4)
RETURNING id
"""


async def request_cancel(
    connection: Connection, kind: OperationKind, subject_id: int, admin_id: int
) -> bool:
    """Ask the worker to stop what this admin requested; False when it has ended."""
    row = await connection.fetchrow(REQUEST_CANCEL, kind, subject_id, admin_id, ACTIVE)
    return row is not None


FIND_ACTIVE_OPERATION = """
SELECT * FROM operations WHERE kind = $1 AND subject_id = $2 AND status = ANY($3)
ORDER BY id DESC LIMIT 1
"""


async def find_active(
    connection: Connection, kind: OperationKind, subject_id: int
) -> Operation | None:
    """Return the operation on this subject that is queued or runs; None when none is."""
    row = await connection.fetchrow(FIND_ACTIVE_OPERATION, kind, subject_id, ACTIVE)
    return None if row is None else _operation(row)


PAGE_RUNNING = "SELECT * FROM operations WHERE kind = ANY($1) AND status = 'running' ORDER BY id"


async def page_running(connection: Connection, kinds: Sequence[OperationKind]) -> list[Operation]:
    """Return the operations of these kinds that a worker has claimed, oldest first."""
    return [_operation(row) for row in await connection.fetch(PAGE_RUNNING, kinds)]


PAGE_UNNOTIFIED_OPERATIONS = """
SELECT * FROM operations
WHERE kind = ANY($1) AND finished_at IS NOT NULL AND notified_at IS NULL
  AND notify_due_at <= clock_timestamp()
ORDER BY id LIMIT 20
"""


async def page_unnotified(
    connection: Connection, kinds: Sequence[OperationKind]
) -> list[Operation]:
    """Return ended operations of these kinds whose end is to be shown now, oldest first."""
    return [_operation(row) for row in await connection.fetch(PAGE_UNNOTIFIED_OPERATIONS, kinds)]


def _operation(row: asyncpg.Record) -> Operation:
    return Operation(
        id=row["id"],
        kind=OperationKind(row["kind"]),
        status=OperationStatus(row["status"]),
        subject_id=row["subject_id"],
        requested_by=row["requested_by"],
        progress=Progress(row["done"], row["total"]),
        attempts=row["attempts"],
        token=row["claim_token"],
        cancel_requested_at=row["cancel_requested_at"],
        params=row["params"],
        checkpoint=row["checkpoint"],
        result=row["result"],
        reason=row["reason"],
    )
