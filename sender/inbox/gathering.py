"""Makes a contact list of the people who wrote to an account: the worker's `Work` for gatherings.

The dialogs are read page by page, the latest first, and each history as far back as is wanted. Each
page is committed with the checkpoint below it, so a gathering that was killed goes on there. At the
end the dialogs that changed meanwhile are read once more: they have moved to the top.

People who asked for no more messages are barred. They, those whose words are unclear and those on
the stop list are left out and counted. Each member is proven by a message.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from db import barring
from db.models.account import AccountStatus
from db.models.contact import Identity, NewContact
from db.models.contact_list import Basis, Proof
from db.models.gathering import ALL_DAYS, NOT_CONNECTED, LeftOut, Verdict, Wish, judge
from db.models.operation import Operation
from db.models.reply import Reply
from db.models.suppression import SuppressionReason
from db.pool import Connection, Database
from db.queries import accounts, audit, contact_lists, contacts, proofs, suppressions
from db.queries import unclear_replies as unclear
from db.work import Cancelled, Context, GiveUp, TryLater
from sender.inbox.gathering_state import State
from sender.outcome.outcome import AccountLost, CallFailed, Refused, StalePeer, Wait
from sender.telegram.account_client import AccountClient
from sender.telegram.clients import CannotOpen, Clients, SignedOut
from sender.telegram.conversation import Conversation, is_theirs
from sender.telegram.dialogs import FIRST, read_page
from sender.telegram.sweep import read_replies, store_people

PAGE = 20  # dialogs between two checkpoints
AGAIN_SECONDS = 5.0  # when the account cannot be connected now
OF_ONE_PERSON = Refused | StalePeer  # the other dialogs can be read all the same
_CONNECTED = frozenset({AccountStatus.ACTIVE, AccountStatus.RESTING, AccountStatus.LIMITED})

log = logging.getLogger(__name__)


class Gathering:
    """`key` is the installation's suppression key."""

    def __init__(self, database: Database, clients: Clients, key: bytes) -> None:
        self._database, self._clients, self._key = database, clients, key

    async def run(self, context: Context) -> None:
        operation = context.operation
        if operation.cancel_requested_at is not None:
            raise Cancelled
        client = await self._client(operation.subject_id)
        wish = Wish.from_json(operation.params["wish"])
        stored = operation.checkpoint
        state = State.from_json(stored) if stored else await self._begin(context, wish)
        try:
            while await self._gather_page(context, client, wish, state):
                pass
        except CallFailed as error:
            raise _later(error) from error
        await self._finish(context, wish, state)

    async def _client(self, account_id: int) -> AccountClient:
        async with self._database.connection() as connection:
            account = await accounts.get(connection, account_id)
        if account.status not in _CONNECTED:
            raise GiveUp(NOT_CONNECTED)
        try:
            return await self._clients.get(account_id)
        except SignedOut as error:
            raise GiveUp(NOT_CONNECTED) from error
        except CannotOpen as error:
            raise TryLater(AGAIN_SECONDS, counted=False) from error

    async def _begin(self, context: Context, wish: Wish) -> State:
        """Add an empty list that is not usable yet."""
        operation, now = context.operation, datetime.now(UTC)
        assert operation.requested_by is not None
        since = 0.0 if wish.days == ALL_DAYS else (now - timedelta(days=wish.days)).timestamp()
        async with self._database.transaction() as connection:
            list_id = await contact_lists.add(
                connection,
                name=operation.params["name"],
                basis=Basis.WROTE_FIRST,
                basis_note=None,
                attested_by=operation.requested_by,
                file_name="",
                file_sha256=hashlib.sha256(f"gathering {operation.id}".encode()).digest(),
                fields=["name"],
                account_id=operation.subject_id,
            )
            state = State(list_id, now.timestamp(), since, FIRST, LeftOut())
            await context.checkpoint(connection, 0, **state.to_json())
        return state

    async def _gather_page(
        self, context: Context, client: AccountClient, wish: Wish, state: State
    ) -> bool:
        """Add the people of one page; return whether another follows."""
        page = await read_page(client, state.offset, PAGE)
        async with self._database.connection() as connection:
            ids = [one.user_id for one in page.conversations]
            gathered = await proofs.find_gathered(connection, state.list_id, ids)
        said: dict[int, tuple[Conversation, list[Reply]]] = {}
        for one in page.conversations:
            if one.user_id in gathered or one.user_id in state.left_out:
                continue
            if found := await _read(client, one, state.since_moment):
                said[one.user_id] = one, found
        state.total = max(state.total, page.total)
        following = None if state.ends_at(page.oldest) else page.following
        if following is None and not state.again:
            state.again, following = True, FIRST
        state.offset = following or FIRST
        done = min(context.progress.done + page.size, state.total)
        await self._store(context, client.account_id, wish, state, said, done)
        return following is not None

    async def _store(
        self,
        context: Context,
        account_id: int,
        wish: Wish,
        state: State,
        said: dict[int, tuple[Conversation, list[Reply]]],
        done: int,
    ) -> None:
        """Judge these people and store the result with the checkpoint."""
        async with self._database.connection() as connection:
            harmless = await unclear.find_harmless(connection, list(said))
            met = [
                replace(one.seen(), wrote_at=found[0].said_at, wrote_id=found[0].message_id)
                for one, found in said.values()
            ]
            await store_people(connection, self._key, account_id, met)
        verdicts = {
            user_id: await asyncio.to_thread(
                judge, found, wish, {text for peer_id, text in harmless if peer_id == user_id}
            )
            for user_id, (_, found) in said.items()
        }
        async with self._database.transaction() as connection:
            await barring.find_carriers(connection, self._key, user_ids=sorted(verdicts))  # locks
            members: list[tuple[Conversation, Reply]] = []
            for user_id, (verdict, proof) in verdicts.items():
                match verdict:
                    case Verdict.REFUSED | Verdict.UNWANTED_REFUSED:
                        reason = SuppressionReason.OPT_OUT
                        await barring.bar(connection, self._key, reason, user_ids=[user_id])
                        if verdict is Verdict.REFUSED:
                            state.left_out.refused.append(user_id)
                    case Verdict.UNCLEAR:
                        state.left_out.unclear.append(user_id)
                    case Verdict.MEMBER:
                        if await self._is_suppressed(connection, user_id):
                            state.left_out.suppressed.append(user_id)
                        else:
                            members.append((said[user_id][0], proof))
            await self._add(connection, account_id, state, members)
            await context.checkpoint(connection, done, **state.to_json())

    async def _is_suppressed(self, connection: Connection, user_id: int) -> bool:
        found = await barring.find_carriers(connection, self._key, user_ids=[user_id])
        return bool(await suppressions.find_suppressed(connection, list(found.hashes)))

    async def _add(
        self,
        connection: Connection,
        account_id: int,
        state: State,
        members: list[tuple[Conversation, Reply]],
    ) -> None:
        if not members:
            return
        people = []
        for place, (one, _) in enumerate(members, state.place + 1):
            seen = one.seen()
            username = next(iter(seen.usernames), None)
            identity = Identity(one.user_id, seen.phone, username)
            people.append(NewContact(identity, place, {"name": one.name}))
        state.place += len(members)
        batch = contacts.batch(people, self._key)
        await contacts.add_batch(connection, state.list_id, batch)
        said = [Proof(account_id, m.peer_id, m.message_id, m.said_at) for _, m in members]
        await proofs.save(connection, state.list_id, account_id, said)

    async def _finish(self, context: Context, wish: Wish, state: State) -> None:
        """Make the list usable and end the operation. A list without members is deleted."""
        operation = context.operation
        assert operation.requested_by is not None
        async with self._database.transaction() as connection:
            if state.place:
                saved = await contact_lists.complete(connection, state.list_id)
                await audit.add(
                    connection,
                    operation.requested_by,
                    "gather",
                    "contact_list",
                    state.list_id,
                    name=saved.name,
                    basis=saved.basis,
                    size=saved.size,
                    account_id=operation.subject_id,
                    **wish.to_json(),
                    **state.left_out.counts(),
                )
            else:
                await contact_lists.delete_unready(connection, state.list_id)
            list_id = state.list_id if state.place else None
            await context.complete(connection, list_id=list_id, **state.left_out.counts())

    async def undo(self, connection: Connection, operation: Operation) -> None:
        """Delete the half-made list. Contacts stay, and so do the bars."""
        if (list_id := operation.checkpoint.get("list_id")) is not None:
            await contact_lists.delete_unready(connection, list_id)


async def _read(client: AccountClient, one: Conversation, since: datetime) -> list[Reply]:
    """Return what this person wrote since then, latest first; nothing of those who are no people.

    CallFailed when a call fails for another reason than this one person.
    """
    wrote = one.may_hold_theirs or is_theirs(one.top)
    if not one.is_person or not wrote or one.changed_at < since:
        return []
    try:
        found = await read_replies(client, one, since)
    except CallFailed as error:
        if isinstance(error.outcome, OF_ONE_PERSON):
            log.warning("The dialog with %d was not read: %s", one.user_id, error)
            return []
        raise
    return [reply for reply in found if reply.said_at >= since]


def _later(error: CallFailed) -> Exception:
    match error.outcome:
        case Wait() as wait:
            return TryLater(wait.duration.total_seconds(), counted=False)
        case AccountLost():
            return GiveUp(NOT_CONNECTED)
        case _:
            return TryLater(AGAIN_SECONDS)
