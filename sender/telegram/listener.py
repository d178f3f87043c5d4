"""Stores what accounts receive: people, replies, read marks, late confirmations of messages.

What a reply means is decided in sender.inbox. Updates are stored as they come. The sweep
(sender.telegram.sweep) stores what no update has brought. A reply that both find is stored once.

An edit (updateEditMessage) replaces the text of its reply.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

from telethon.tl import types

from db.models.delivery import DeliveryStatus, Settled
from db.models.person import Dialog
from db.models.reply import Reply
from db.pool import Connection, Database
from db.queries import deliveries, replies
from sender.telegram.account_client import AccountClient
from sender.telegram.conversation import is_person, is_theirs, shown
from sender.telegram.sweep import Sweep, replies_among, store_people

log = logging.getLogger(__name__)

_UPDATES = (
    types.UpdateNewMessage,
    types.UpdateEditMessage,
    types.UpdateShortMessage,
    types.UpdateReadHistoryOutbox,
    types.UpdateMessageID,
)


class Listener:
    """Stores what accounts receive. `missed` is set when an update could not be stored.

    `key` is the installation's suppression key.
    """

    def __init__(self, database: Database, key: bytes) -> None:
        self._database, self._key = database, key
        self._sweep = Sweep(database, key)
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

    async def sweep(self, client: AccountClient) -> None:
        """Read the dialogs that have changed since the last sweep; CallFailed when a call fails."""
        await self._sweep.run(client)

    async def _store(self, account_id: int, update: Any) -> None:
        if (author := _author(update)) is not None:
            # Before the reply, which is kept of contacts only. No lock of it is held any longer.
            async with self._database.connection() as connection:
                await store_people(connection, self._key, account_id, [author])
        async with self._database.transaction() as connection:
            match update:
                case types.UpdateNewMessage(message=message):
                    await replies.add(connection, account_id, replies_among([message]))
                case types.UpdateEditMessage(message=message):
                    # A reaction hides its edit_date. It makes nothing new of an old message.
                    hidden = bool(getattr(message, "edit_hide", False))
                    edited = replies_among([message])
                    await replies.add(connection, account_id, edited, only_stored=hidden)
                case types.UpdateShortMessage():
                    await replies.add(connection, account_id, _short(update))
                case types.UpdateReadHistoryOutbox(peer=types.PeerUser(user_id=person)):
                    await replies.save_reads(connection, account_id, {person: update.max_id})
                case types.UpdateMessageID():
                    await _confirm(connection, account_id, update.random_id, update.id)


async def _confirm(
    connection: Connection, account_id: int, random_id: int, message_id: int
) -> None:
    """End a delivery in doubt as sent: updateMessageID says that its message exists."""
    if (found := await deliveries.find_in_flight(connection, account_id, random_id)) is not None:
        sent = Settled(*found, DeliveryStatus.SENT, message_id)
        await deliveries.settle(connection, [sent])


def _author(update: Any) -> Dialog | None:
    """Return who wrote the message of an updateNewMessage; None for other updates and authors.

    Telethon keeps the users of an update in `_entities`, by id. An update without them, such as
    updateShortMessage, does not say whether a bot wrote: the next sweep reads the dialog.
    """
    message = update.message if isinstance(update, types.UpdateNewMessage) else None
    if message is None or not is_theirs(message):
        return None
    user = (getattr(update, "_entities", None) or {}).get(message.peer_id.user_id)
    if not is_person(user):
        return None
    return replace(shown(user), wrote_at=message.date, wrote_id=message.id)


def _short(update: Any) -> list[Reply]:
    if update.out:
        return []
    return [Reply(update.user_id, update.id, update.message.replace("\0", ""), update.date)]
