"""The interface between a feature's long-running operations and the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from db.models.operation import Operation, OperationEvent, Progress
from db.pool import Connection
from db.queries import operations


class ClaimLost(Exception):
    """Another worker has the operation now. Raised inside a transaction, it rolls it back."""


class Cancelled(Exception):
    """An admin cancelled the operation. Raised at a checkpoint, it rolls the chunk back."""


class TryLater(Exception):
    """The operation cannot go on now, for instance because Telegram asks to wait.

    `counted` False: it may wait any number of times.
    """

    def __init__(self, seconds: float, *, counted: bool = True) -> None:
        super().__init__(f"Try again in {seconds:.0f} s")
        self.seconds, self.counted = seconds, counted


class GiveUp(Exception):
    """The operation cannot succeed, however often it is tried; str() says why."""


class Context:
    """One claim of an operation, as its work sees it."""

    def __init__(self, operation: Operation) -> None:
        self.operation, self.progress, self.ended = operation, operation.progress, False
        assert operation.token is not None
        self.token = operation.token

    async def checkpoint(self, connection: Connection, done: int, **where: Any) -> None:
        """Store in the chunk's transaction that `done` units are done, and where to resume.

        Raises Cancelled or ClaimLost, which must roll the chunk back.
        """
        found = await operations.checkpoint(connection, self.operation.id, self.token, done, where)
        if found is None:
            raise ClaimLost
        if found:
            raise Cancelled
        self.progress = Progress(done, self.operation.progress.total)

    async def complete(self, connection: Connection, **result: Any) -> None:
        """End the operation as done, in the transaction of its last write. Raise ClaimLost."""
        await self.end(connection, OperationEvent.COMPLETE, result=result)

    async def end(self, connection: Connection, event: OperationEvent, **fields: Any) -> Operation:
        """End the operation by `event` and return it as ended. Raise ClaimLost."""
        operation_id = self.operation.id
        ended = await operations.end(connection, operation_id, self.token, event, **fields)
        if ended is None:
            raise ClaimLost
        self.ended = True
        return ended

    async def release(
        self, connection: Connection, seconds: float = 0, *, attempted: bool = True
    ) -> None:
        """Give the operation back, to be claimed again after so many seconds."""
        wait = timedelta(seconds=seconds)
        await operations.release(
            connection, self.operation.id, self.token, wait, attempted=attempted
        )


class Run(Protocol):
    """How operations of one kind are done."""

    async def run(self, context: Context) -> None:
        """Run the operation from its checkpoint on, one chunk in one transaction after another.

        It is complete when this returns. GiveUp fails it; other errors are tried again a few times.
        """

    async def undo(self, connection: Connection, operation: Operation) -> None:
        """Undo what the chunks wrote, in the transaction that ends the operation unfinished."""


class Display(Protocol):
    """How operations of one kind are shown to the admins."""

    async def notify(self, operation: Operation) -> None:
        """Show the admins how it ended. It may be called more than once."""


class ProgressDisplay(Display, Protocol):
    """How operations are shown that other processes run."""

    async def show_progress(self, operation: Operation) -> None:
        """Show how far it is. It is called every few seconds while it runs."""


class Work(Run, Display, Protocol):
    """What a feature registers for a kind of operation that its process runs and shows."""
