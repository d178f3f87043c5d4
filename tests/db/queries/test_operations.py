"""Rows of operations: one at a time for each subject, kept for a week."""

from __future__ import annotations

from db.models.operation import OperationEvent, OperationKind
from db.pool import Database
from db.queries import operation_notices, operations


async def test_the_same_operation_is_queued_once(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO admins (id, name, role) VALUES (1, 'Anna', 'owner'), (2, 'Bo', 'owner')"
        )
        kinds = OperationKind.EXPANSION, OperationKind.EXPORT
        for kind in kinds:
            assert await operations.add(connection, kind, 7, requested_by=1) is not None
            assert await operations.add(connection, kind, 7, requested_by=1) is None
        expansion, export = [
            await operations.add(connection, kind, 7, requested_by=2) for kind in kinds
        ]
        assert expansion is None
        assert export is not None
        assert await operations.request_cancel(connection, OperationKind.EXPORT, 7, 2)
        await connection.execute(
            "UPDATE operations SET status = 'done', finished_at = now() WHERE id = $1", export
        )
        assert not await operations.request_cancel(connection, OperationKind.EXPORT, 7, 2)
        assert await operations.add(connection, OperationKind.EXPORT, 7, requested_by=2) is not None


async def test_what_ended_a_week_ago_is_swept(database: Database) -> None:
    kind = OperationKind.EXPANSION
    async with database.connection() as connection:
        for subject_id in (1, 2):
            await operations.add(connection, kind, subject_id)
            claimed = await operations.claim(connection, [kind], "main")
            assert claimed is not None
            assert claimed.token is not None
            complete = OperationEvent.COMPLETE
            assert await operations.end(connection, claimed.id, claimed.token, complete)
        await connection.execute(
            "UPDATE operations SET finished_at = now() - interval '8 days' WHERE subject_id = 1"
        )
        await operation_notices.sweep(connection)
        rows = await connection.fetch("SELECT subject_id FROM operations")
    assert [row["subject_id"] for row in rows] == [2]


async def test_a_gathering_goes_to_the_process_that_has_the_account(database: Database) -> None:
    kinds = [OperationKind.GATHERING]
    async with database.connection() as connection:
        account_id = await connection.fetchval(
            "INSERT INTO accounts (user_id, name, owner) VALUES (900, 'Sender', 'one') RETURNING id"
        )
        await operations.add(connection, kinds[0], account_id)
        assert await operations.claim(connection, kinds, "two") is None
        claimed = await operations.claim(connection, kinds, "one")
        assert claimed is not None
        assert claimed.token is not None
        await operations.release(connection, claimed.id, claimed.token)
        await connection.execute("UPDATE accounts SET lost_at = now()")
        assert await operations.claim(connection, kinds, "two") is not None  # which ends it
