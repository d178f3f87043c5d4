"""Stores what accounts receive: replies, read marks, and late confirmations of sent messages.

What a reply means is decided in sender.inbox. Updates are stored as they come. The sweep reads the
dialogs that have changed since the last sweep, and stores the replies that no update has brought.
So a STOP that was sent while the process was down is found. A reply that both find is stored once.

An edit (updateEditMessage) replaces the text of its reply. An edit moves no dialog, so the sweep
also asks for the stored replies that may have been edited since the last sweep, by their ids.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from telethon.tl import functions, types

from db.models.delivery import DeliveryStatus, Settled
from db.models.reply import Reply
from db.pool import Connection, Database
from db.queries import deliveries, replies
from sender.outcome.outcome import CallFailed
from sender.telegram.account_client import AccountClient, Answer

log = logging.getLogger(__name__)

PAGE = 100
MOST_PAGES = 50
OVERLAP = timedelta(minutes=10)  # an update lost just before a sweep is found by the next one
FIRST_SWEEP = timedelta(days=30)  # how far back the first sweep of an account reads
EDITABLE = timedelta(hours=48)  # after it was sent a message can be edited: config.edit_time_limit

_UPDATES = (
    types.UpdateNewMessage,
    types.UpdateEditMessage,
    types.UpdateShortMessage,
    types.UpdateReadHistoryOutbox,
    types.UpdateMessageID,
)


class Listener:
    """Stores what accounts receive. `missed` is set when an update could not be stored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.missed = asyncio.Event()

    def attend(self, client: AccountClient) -> None:
        """Store the updates of this client. Call it before the client connects."""

        async def store(update: Any) -> None:
            try:
                await self._store(client.account_id, update)
            except Exception as error:
                log.warning("Account %d: an update was not stored: %r", client.account_id, error)
                self.missed.set()  # the next sweep finds it

        client.listen(store, _UPDATES)

    async def _store(self, account_id: int, update: Any) -> None:
        async with self._database.transaction() as connection:
            match update:
                case types.UpdateNewMessage(message=message):
                    await replies.add(connection, account_id, _replies([message]))
                case types.UpdateEditMessage(message=message):
                    # A reaction hides its edit_date. It makes nothing new of an old message.
                    hidden = bool(getattr(message, "edit_hide", False))
                    edited = _replies([message])
                    await replies.add(connection, account_id, edited, only_stored=hidden)
                case types.UpdateShortMessage():
                    await replies.add(connection, account_id, _short(update))
                case types.UpdateReadHistoryOutbox(peer=types.PeerUser(user_id=person)):
                    await replies.save_reads(connection, account_id, {person: update.max_id})
                case types.UpdateMessageID():
                    await _confirm(connection, account_id, update.random_id, update.id)

    async def sweep(self, client: AccountClient) -> None:
        """Read the dialogs that have changed since the last sweep; CallFailed when a call fails.

        The progress is stored at the end only, so an interrupted sweep is repeated.
        """
        account_id = client.account_id
        async with self._database.connection() as connection:
            last = await replies.find_sweep(connection, account_id)
        since = None if last is None else last - OVERLAP
        newest, request = last, _dialogs_after(None, None)
        for _ in range(MOST_PAGES):
            page = await _call(client, request)
            # The top message of each private dialog, by the person's user id.
            tops = {m.peer_id.user_id: m for m in page.messages if _is_private(m)}
            if not tops:
                break
            latest = max(message.date for message in tops.values())
            newest = latest if newest is None else max(newest, latest)
            since = newest - FIRST_SWEEP if since is None else since
            await self._sweep_page(client, page, tops, since)
            unpinned = [d for d in page.dialogs if not d.pinned and _person(d) in tops]
            if not unpinned or len(page.dialogs) < PAGE:
                break
            oldest = tops[_person(unpinned[-1])]
            if oldest.date < since:
                break
            request = _dialogs_after(oldest, _input_peer(page, oldest.peer_id.user_id))
        if since is not None:
            await self._sweep_edits(client, since)
        if newest is not None:
            async with self._database.connection() as connection:
                await replies.save_sweep(connection, account_id, newest)

    async def _sweep_page(
        self, client: AccountClient, page: Any, tops: dict[int, Any], since: datetime
    ) -> None:
        """Store the replies and read marks of these dialogs, as far as their persons are contacts.

        The history is read where the top message is not one of our deliveries or is unread.
        """
        account_id = client.account_id
        dialogs = {_person(dialog): dialog for dialog in page.dialogs if _person(dialog) in tops}
        async with self._database.connection() as connection:
            known = await replies.find_contacts(connection, list(dialogs))
            own = await replies.find_sent(
                connection, account_id, list(known), [tops[person].id for person in known]
            )
        read: dict[int, int] = {}
        written: list[Reply] = []
        try:
            for person in known:
                dialog, top = dialogs[person], tops[person]
                if dialog.read_outbox_max_id:
                    read[person] = dialog.read_outbox_max_id
                if _changed_at(top) >= since and (top.id not in own or dialog.unread_count):
                    written += await _history(client, _input_peer(page, person), since)
        finally:  # also what was found before a call failed; at once, for a far database
            async with self._database.connection() as connection:
                await replies.add(connection, account_id, written)
                await replies.save_reads(connection, account_id, read)

    async def _sweep_edits(self, client: AccountClient, since: datetime) -> None:
        """Store the edits made since then of replies that are stored."""
        account_id = client.account_id
        async with self._database.connection() as connection:
            ids = await replies.find_said_since(connection, account_id, since - EDITABLE)
        for first in range(0, len(ids), PAGE):
            wanted = [types.InputMessageID(one) for one in ids[first : first + PAGE]]
            found = await _call(client, functions.messages.GetMessagesRequest(wanted))
            async with self._database.connection() as connection:
                await replies.add(connection, account_id, _replies(found.messages))


async def _confirm(
    connection: Connection, account_id: int, random_id: int, message_id: int
) -> None:
    """End a delivery in doubt as sent: updateMessageID says that its message exists."""
    if (found := await deliveries.find_in_flight(connection, account_id, random_id)) is not None:
        sent = Settled(*found, DeliveryStatus.SENT, message_id)
        await deliveries.settle(connection, [sent])


async def _history(client: AccountClient, peer: Any, since: datetime) -> list[Reply]:
    """Return what the person of this dialog has written or edited since then."""
    written: list[Reply] = []
    before = 0
    for _ in range(MOST_PAGES):
        request = functions.messages.GetHistoryRequest(
            peer=peer,
            offset_id=before,
            offset_date=None,
            add_offset=0,
            limit=PAGE,
            max_id=0,
            min_id=0,
            hash=0,
        )
        messages = (await _call(client, request)).messages
        written += _replies(m for m in messages if _changed_at(m) >= since)
        if len(messages) < PAGE or getattr(messages[-1], "date", since) < since:
            break
        before = messages[-1].id
    return written


async def _call(client: AccountClient, request: Any) -> Any:
    """Return the answer; CallFailed when there is none."""
    answer = await client.call(request, Answer)
    if not isinstance(answer, Answer):
        raise CallFailed(answer)
    return answer.value


def _dialogs_after(message: Any, peer: Any) -> Any:
    return functions.messages.GetDialogsRequest(
        offset_date=None if message is None else message.date,
        offset_id=0 if message is None else message.id,
        offset_peer=peer or types.InputPeerEmpty(),
        limit=PAGE,
        hash=0,
    )


def _person(dialog: Any) -> int:
    """Return the user id of a private dialog; 0 for other dialogs."""
    return getattr(dialog.peer, "user_id", 0)


def _input_peer(page: Any, person: int) -> Any:
    (user,) = [user for user in page.users if user.id == person]
    return types.InputPeerUser(person, user.access_hash or 0)


def _is_private(message: Any) -> bool:
    return isinstance(getattr(message, "peer_id", None), types.PeerUser)


def _changed_at(message: Any) -> datetime:
    """Return when the message was sent or edited last; the least moment for an empty message.

    A reaction sets edit_date, too, with edit_hide. It is no edit.
    """
    sent: datetime = getattr(message, "date", None) or datetime.min.replace(tzinfo=UTC)
    edited = None if getattr(message, "edit_hide", False) else getattr(message, "edit_date", None)
    return max(sent, edited or sent)


def _replies(messages: Iterable[Any]) -> list[Reply]:
    """Return those messages that are incoming and of a private conversation."""
    return [
        Reply(m.peer_id.user_id, m.id, m.message.replace("\0", ""), m.date, m.edit_date)
        for m in messages
        if isinstance(m, types.Message) and not m.out and _is_private(m)
    ]


def _short(update: Any) -> list[Reply]:
    if update.out:
        return []
    return [Reply(update.user_id, update.id, update.message.replace("\0", ""), update.date)]
