"""The end of an operation is shown apart from the others: a failure waits, and is given up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.models.operation import Operation, OperationStatus
from db.pool import Connection, Database
from db.queries import operation_notices
from db.work import Context, GiveUp
from db.worker import MOST_NOTIFICATIONS
from tests.db.test_worker import queue, until, working

POISON = 1


class Unshowable:
    """Work that is done at once; the end of POISON cannot be shown."""

    def __init__(self) -> None:
        self.tried: list[int] = []
        self.told: list[Operation] = []
        self.error: Exception | None = None
        self.runs = 0

    async def run(self, context: Context) -> None:  # noqa: ARG002
        self.runs += 1
        if self.error is not None:
            raise self.error

    async def undo(self, connection: Connection, operation: Operation) -> None:
        """Nothing was written."""

    async def notify(self, operation: Operation) -> None:
        self.tried.append(operation.subject_id)
        if operation.subject_id == POISON:
            raise ValueError("Telegram does not take it")
        self.told.append(operation)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.worker.NOTIFY_AGAIN", timedelta(seconds=0.001))
    monkeypatch.setattr("db.worker.POLL_SECONDS", 0.05)


async def test_an_end_that_cannot_be_shown_silences_no_other(database: Database) -> None:
    work = Unshowable()
    async with working(database, work):
        for subject_id in (POISON, 2, 3):
            await queue(database, subject_id)
        for subject_id in (2, 3, POISON):
            await until(database, f"subject_id = {subject_id} AND notified_at IS NOT NULL")
    assert sorted(one.subject_id for one in work.told) == [2, 3]
    assert work.tried.count(POISON) == MOST_NOTIFICATIONS
    assert (work.tried.count(2), work.tried.count(3)) == (1, 1)


async def test_a_shown_end_that_could_not_be_marked_is_not_shown_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, mark, left = Unshowable(), operation_notices.mark_notified, 3

    async def mark_late(connection: Connection, operation_id: int) -> None:
        nonlocal left
        if left:
            left -= 1
            raise ConnectionError("the database is away")
        await mark(connection, operation_id)

    monkeypatch.setattr(operation_notices, "mark_notified", mark_late)
    async with working(database, work):
        await queue(database, 2)
        await until(database, "notified_at IS NOT NULL")
    assert work.tried == [2]


async def test_what_cannot_succeed_fails_at_once(database: Database) -> None:
    work = Unshowable()
    work.error = GiveUp("the file is too large")
    async with working(database, work):
        await queue(database, 2)
        await until(database, "status = 'failed' AND notified_at IS NOT NULL")
    assert work.runs == 1
    assert [(one.status, one.reason) for one in work.told] == [
        (OperationStatus.FAILED, "the file is too large")
    ]
