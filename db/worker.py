"""The worker of long-running operations: claims their rows and runs what is registered for them.

It stands on the floor because both rooms host one: the process that has the bot's role imports and
exports, which needs files and words; each sender expands campaigns, also where no bot runs. Rows
decide: a claim is SKIP LOCKED with a fencing token and held by heartbeats, so an operation whose
process was killed is taken over and resumes at its checkpoint, and what the former worker still
tries to write is refused.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from db.models.operation import Operation, OperationEvent, OperationKind
from db.notifications import Notifications
from db.pool import Connection, Database, is_unreachable
from db.queries import operation_notices, operations
from db.work import (
    Cancelled,
    ClaimLost,
    Context,
    Display,
    GiveUp,
    ProgressDisplay,
    Run,
    TryLater,
    Work,
)

AT_ONCE = 2  # operations that a worker runs side by side
MOST_ATTEMPTS = 3  # without a checkpoint between them; then the operation has failed
RETRY_SECONDS = 1.0  # doubled with each attempt
POLL_SECONDS = 5.0
HEARTBEAT_SECONDS = operations.HOLD.total_seconds() / 4
SWEEP_SECONDS = 3600.0
STOP_SECONDS = 2.0
NOTIFY_AGAIN = timedelta(seconds=5)  # after a failed notification of an end; doubled each time
MOST_NOTIFICATIONS = 8  # attempts, within some twenty minutes

log = logging.getLogger(__name__)


class Worker:
    """Runs and shows the operations of the kinds in `works` until `run` is cancelled.

    `process` is a name that no other living process uses for a worker of these kinds: claims of
    that name are a dead predecessor's. Operations in `unseen` are run here and shown by another
    process, where they are in `watched`.
    """

    def __init__(
        self,
        database: Database,
        process: str,
        works: Mapping[OperationKind, Work],
        *,
        unseen: Mapping[OperationKind, Run] | None = None,
        watched: Mapping[OperationKind, ProgressDisplay] | None = None,
    ) -> None:
        self._database, self._process = database, process
        self._works: dict[OperationKind, Run] = {**works, **(unseen or {})}
        self._watched = watched or {}
        self._displays: dict[OperationKind, Display] = {**works, **self._watched}
        self._kinds, self._shown_kinds = list(self._works), list(self._displays)
        self._running: dict[int, tuple[Context, asyncio.Task[None]]] = {}
        self._woken, self._ended = asyncio.Event(), asyncio.Event()
        self._shown: set[int] = set()  # ids of operations whose end is shown and not marked

    async def run(self) -> None:
        """Work until cancelled, then give back what is under way."""
        try:
            await self._expire()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                group.create_task(self._beat())
                group.create_task(self._tell())
                for _ in range(AT_ONCE):
                    group.create_task(self._lane(group))
        finally:
            await self._give_back()

    async def _expire(self) -> None:
        while True:
            try:
                async with self._database.connection() as connection:
                    return await operations.expire(connection, self._kinds, self._process)
            except Exception as error:
                log.warning("Operations cannot be looked at now: %r", error)
                await asyncio.sleep(POLL_SECONDS)

    async def _watch(self) -> None:
        """Wake the lanes when a row was added, and every few seconds."""
        notifications = Notifications(self._database, "operations")
        try:
            while True:
                await notifications.wait(POLL_SECONDS)
                self._wake()
        finally:
            await notifications.close()

    async def _lane(self, group: asyncio.TaskGroup) -> None:
        while True:
            woken = self._woken
            try:
                async with self._database.connection() as connection:
                    found = await operations.claim(connection, self._kinds, self._process)
            except Exception as error:
                log.warning("No operation can be claimed", exc_info=not is_unreachable(error))
                found = None
            if found is None:
                await woken.wait()
                continue
            context = Context(found)
            task = group.create_task(self._perform(context))
            self._running[found.id] = context, task
            await asyncio.wait([task])
            self._running.pop(found.id, None)
            self._ended.set()

    async def _perform(self, context: Context) -> None:
        operation = context.operation
        try:
            if operation.attempts > MOST_ATTEMPTS:  # its processes died before a checkpoint
                await self._end_unfinished(context, OperationEvent.FAIL, "too many attempts")
                return
            await self._works[operation.kind].run(context)
            if not context.ended:
                async with self._database.transaction() as connection:
                    await context.complete(connection)
        except ClaimLost:
            log.info("Operation %s is run by another worker", operation.id)
        except Cancelled:
            await self._attempt_to_end(context, OperationEvent.CANCEL, None)
        except GiveUp as error:
            log.error("Operation %s (%s) failed: %s", operation.id, operation.kind, error)
            await self._attempt_to_end(context, OperationEvent.FAIL, str(error)[:500])
        except Exception as error:
            await self._after_failure(context, error)

    async def _after_failure(self, context: Context, error: Exception) -> None:
        operation = context.operation
        away = is_unreachable(error) or (isinstance(error, TryLater) and not error.counted)
        moved = context.progress.done > operation.progress.done
        attempts = 0 if moved else operation.attempts
        if not away and attempts >= MOST_ATTEMPTS:
            log.error("Operation %s (%s) failed", operation.id, operation.kind, exc_info=error)
            await self._attempt_to_end(context, OperationEvent.FAIL, repr(error)[:500])
            return
        log.warning("Operation %s is tried again: %r", operation.id, error)
        seconds = RETRY_SECONDS * 2**attempts
        if isinstance(error, TryLater):
            seconds = error.seconds
        with suppress(Exception):  # else the claim runs out
            async with self._database.connection() as connection:
                await context.release(connection, seconds, attempted=not away)
            asyncio.get_running_loop().call_later(seconds, self._wake)

    def _wake(self) -> None:
        """Make the lanes look for something to claim."""
        self._woken.set()
        self._woken = asyncio.Event()

    async def _attempt_to_end(
        self, context: Context, event: OperationEvent, reason: str | None
    ) -> None:
        """End the operation. If the database is away, its claim expires and it is ended then."""
        try:
            await self._end_unfinished(context, event, reason)
        except Exception as error:
            log.warning("Operation %s was not ended: %r", context.operation.id, error)

    async def _end_unfinished(
        self, context: Context, event: OperationEvent, reason: str | None
    ) -> None:
        async with self._database.transaction() as connection:
            ended = await context.end(connection, event, reason=reason)
            await self._works[ended.kind].undo(connection, ended)

    async def _beat(self) -> None:
        """Extend the claims of what runs, and cancel what was lost."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            held = {key: context.token for key, (context, _) in self._running.items()}
            try:
                async with self._database.connection() as connection:
                    kept = await operations.heartbeat(connection, held)
            except Exception as error:
                log.warning("Operations gave no sign of life: %r", error)
                continue
            for operation_id in held.keys() - kept:
                if (lost := self._running.get(operation_id)) is not None:
                    lost[1].cancel()

    async def _tell(self) -> None:
        """Show how operations ended, including those of a process that died before it could."""
        swept_at = float("-inf")
        while True:
            self._ended.clear()
            try:
                async with self._database.connection() as connection:
                    unnotified = await operations.page_unnotified(connection, self._shown_kinds)
                    running = await self._page_watched(connection)
                    if (now := asyncio.get_running_loop().time()) > swept_at + SWEEP_SECONDS:
                        swept_at = now
                        await operation_notices.sweep(connection)
                shown = [self._watched[one.kind].show_progress(one) for one in running]
                ends = map(self._notify, unnotified)
                for failure in await asyncio.gather(*shown, *ends, return_exceptions=True):
                    if failure is not None:
                        log.warning("Progress or an end was not shown yet: %r", failure)
            except Exception as error:
                log.warning("Cannot show how operations ended yet: %r", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._ended.wait()

    async def _page_watched(self, connection: Connection) -> list[Operation]:
        if not self._watched:
            return []
        return await operations.page_running(connection, list(self._watched))

    async def _notify(self, operation: Operation) -> None:
        """Show how one operation ended; a failure is tried again later, apart from the others."""
        async with self._database.connection() as connection:
            attempts = await operation_notices.count_attempt(connection, operation.id, NOTIFY_AGAIN)
        if operation.id not in self._shown:
            try:
                await self._displays[operation.kind].notify(operation)
            except Exception as error:
                log.warning("The end of operation %s was not shown: %r", operation.id, error)
                if attempts < MOST_NOTIFICATIONS:
                    return
            self._shown.add(operation.id)
        async with self._database.connection() as connection:
            await operation_notices.mark_notified(connection, operation.id)
        self._shown.discard(operation.id)

    async def _give_back(self) -> None:
        """Give back what is under way, so that the next process need not wait."""
        with suppress(Exception):
            async with asyncio.timeout(STOP_SECONDS), self._database.connection() as connection:
                for context, _ in self._running.values():
                    await context.release(connection, attempted=False)
