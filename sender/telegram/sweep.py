"""The sweep: reads the dialogs of an account for people and replies that no update has brought.

A sweep reads the dialogs that have changed since the last one, so a STOP that was sent while the
process was down is found. An edit moves no dialog: the stored replies that may have been edited
since the last sweep are asked for by their ids.

The first sweep of a sign-in reads all private dialogs, so the account knows everyone who talked
with it. Histories are read as far back as by other sweeps. What a page shows is stored before the
next one is asked for. After a failed call that sweep goes on at the same page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from db.models.person import Dialog
from db.models.reply import Reply
from db.pool import Connection, Database
from db.queries import dialogs, persons, replies, sweeps
from sender.outcome.outcome import CallFailed
from sender.telegram.account_client import AccountClient
from sender.telegram.conversation import Conversation, is_theirs
from sender.telegram.dialogs import (
    FIRST,
    PAGE,
    Offset,
    find_proofs,
    history,
    read_messages,
    read_page,
)

MOST_PAGES = 50  # of a sweep that does not read all dialogs
MOST_PAGES_OF_ALL = 2_000
MOST_LOOKS = 100  # histories that one sweep reads to find out who wrote
OVERLAP = timedelta(minutes=10)  # an update lost just before a sweep is found by the next one
FIRST_SWEEP = timedelta(days=30)  # how far back the first sweep of an account reads histories
EDITABLE = timedelta(hours=48)  # after it was sent a message can be edited: config.edit_time_limit


@dataclass(slots=True)
class _Progress:
    """How far a sweep has come. `newest` is the date of the latest message it has seen.

    Replies are read from `since` on; None until the first page has told. `resumed`: a call failed
    meanwhile, so the dialogs at the top may have changed unseen.
    """

    sign_in: int
    all_dialogs: bool
    newest: datetime | None
    since: datetime | None
    offset: Offset | None = FIRST
    looks: int = MOST_LOOKS
    resumed: bool = False


class Sweep:
    """Sweeps accounts, one at a time each. `key` is the installation's suppression key."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database, self._key = database, key
        self._unfinished: dict[int, _Progress] = {}  # of the first sweeps, by account

    async def run(self, client: AccountClient) -> None:
        """Sweep the dialogs of this client's account; CallFailed when a call fails.

        The end is stored only when all of it is done, so an interrupted sweep is repeated. In this
        process the first sweep of a sign-in is resumed.
        """
        account_id = client.account_id
        progress = self._unfinished.pop(account_id, None)
        if progress is None or progress.sign_in != client.session.sign_in:
            progress = await self._begin(account_id, client.session.sign_in)
        try:
            await self._read(client, progress)
        except CallFailed:
            if progress.all_dialogs and progress.offset not in (FIRST, None):
                self._unfinished[account_id] = replace(progress, looks=MOST_LOOKS, resumed=True)
            raise
        if progress.resumed and progress.newest is not None:
            since = progress.newest - OVERLAP
            again = replace(progress, all_dialogs=False, since=since, offset=FIRST)
            await self._read(client, again)
        if progress.since is not None:
            await self._sweep_edits(client, progress.since)
        if progress.newest is not None:
            async with self._database.connection() as connection:
                await sweeps.save(connection, account_id, progress.newest, progress.sign_in)

    async def _begin(self, account_id: int, sign_in: int) -> _Progress:
        async with self._database.connection() as connection:
            last, read_sign_in = await sweeps.find(connection, account_id)
        since = None if last is None else last - OVERLAP
        return _Progress(sign_in, read_sign_in != sign_in, last, since)

    async def _read(self, client: AccountClient, progress: _Progress) -> None:
        for _ in range(MOST_PAGES_OF_ALL if progress.all_dialogs else MOST_PAGES):
            if progress.offset is None:
                return
            page = await read_page(client, progress.offset)
            dated = [one for one in page.conversations if one.top is not None]
            if page.latest is not None:
                progress.newest = max(page.latest, progress.newest or page.latest)
                progress.since = progress.since or progress.newest - FIRST_SWEEP
            await self._meet(client, page.conversations, progress)
            if progress.since is not None:
                await self._store_replies(client, dated, progress.since)
            since = progress.since
            if not progress.all_dialogs and since and page.oldest and page.oldest < since:
                return
            progress.offset = page.following

    async def _meet(
        self, client: AccountClient, conversations: Sequence[Conversation], progress: _Progress
    ) -> None:
        """Store who these people are and whether they wrote, and link their contacts."""
        account_id = client.account_id
        people = [one for one in conversations if one.is_person]
        seen = {one.user_id: one.seen() for one in people}
        if not seen:
            return
        async with self._database.connection() as connection:
            await store_people(connection, self._key, account_id, list(seen.values()))
            writers = await dialogs.find_writers(connection, account_id, list(seen))
        changed = [
            one
            for one in people
            if one.user_id not in writers
            and (progress.all_dialogs or progress.since is None or one.changed_at >= progress.since)
        ]
        proofs = await find_proofs(client, changed, progress.looks)
        progress.looks = max(0, progress.looks - sum(one.may_hold_theirs for one in changed))
        proven = [
            replace(seen[user_id], wrote_at=message.date, wrote_id=message.id)
            for user_id, message in proofs.items()
        ]
        if proven:
            async with self._database.connection() as connection:
                await store_people(connection, self._key, account_id, proven)

    async def _store_replies(
        self, client: AccountClient, conversations: Sequence[Conversation], since: datetime
    ) -> None:
        """Store the replies and read marks of these dialogs, as far as their persons are contacts.

        The history is read where the top message is not one of our deliveries or is unread.
        """
        account_id = client.account_id
        by_user = {one.user_id: one for one in conversations}
        async with self._database.connection() as connection:
            known = await replies.find_contacts(connection, list(by_user))
            tops = [by_user[user_id].top.id for user_id in known]
            own = await replies.find_sent(connection, account_id, list(known), tops)
        read: dict[int, int] = {}
        for user_id in known:
            one = by_user[user_id]
            if one.dialog.read_outbox_max_id:
                read[user_id] = one.dialog.read_outbox_max_id
            unanswered = one.top.id not in own or one.dialog.unread_count
            if _changed_at(one.top) >= since and unanswered:
                written = await read_replies(client, one, since)
                async with self._database.connection() as connection:
                    await replies.add(connection, account_id, written)
        async with self._database.connection() as connection:
            await replies.save_reads(connection, account_id, read)

    async def _sweep_edits(self, client: AccountClient, since: datetime) -> None:
        """Store the edits made since then of replies that are stored."""
        account_id = client.account_id
        async with self._database.connection() as connection:
            ids = await replies.find_said_since(connection, account_id, since - EDITABLE)
        for first in range(0, len(ids), PAGE):
            found = await read_messages(client, ids[first : first + PAGE])
            async with self._database.connection() as connection:
                await replies.add(connection, account_id, replies_among(found))


async def store_people(
    connection: Connection, key: bytes, account_id: int, people: Sequence[Dialog]
) -> None:
    """Store the people of these dialogs as persons, and link contacts that carry their names."""
    await persons.add_users(connection, [one.user_id for one in people])
    await dialogs.meet(connection, key, account_id, people)
    await dialogs.link_contacts(connection, people)


async def read_replies(
    client: AccountClient, conversation: Conversation, since: datetime
) -> list[Reply]:
    """Return what the person of this dialog has written or edited since then, the latest first.

    CallFailed when a call fails.
    """
    written: list[Reply] = []
    async for messages in history(client, conversation.peer, since):
        written += replies_among(m for m in messages if _changed_at(m) >= since)
    return written


def replies_among(messages: Iterable[Any]) -> list[Reply]:
    """Return those messages that are incoming and of a private conversation."""
    return [
        Reply(m.peer_id.user_id, m.id, m.message.replace("\0", ""), m.date, m.edit_date)
        for m in messages
        if is_theirs(m)
    ]


def _changed_at(message: Any) -> datetime:
    """Return when the message was sent or edited last; the least moment for an empty message.

    A reaction sets edit_date, too, with edit_hide. It is no edit.
    """
    sent: datetime = getattr(message, "date", None) or datetime.min.replace(tzinfo=UTC)
    edited = None if getattr(message, "edit_hide", False) else getattr(message, "edit_date", None)
    return max(sent, edited or sent)
