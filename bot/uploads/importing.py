"""Saves an upload as a contact list: the worker's `Work` for imports.

Each chunk of people is committed with the checkpoint behind it, so an import that was killed
resumes after its last chunk. The list cannot be seen or used before the last chunk is in.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.preferences import service as admins
from bot.ui.i18n import Translator, translator_for
from bot.ui.progress import ProgressMessage, replace
from bot.ui.screen import Screen
from bot.uploads import saving_screens as screens
from bot.uploads.intake.columns import Reading
from bot.uploads.service import chunks
from db.models.contact import NewContact
from db.models.contact_list import Basis, Upload
from db.models.operation import Operation, OperationStatus
from db.pool import Connection, Database
from db.queries import audit, contact_lists, contacts, suppressions, uploads
from db.work import Context

if TYPE_CHECKING:
    from aiogram import Bot


class Import:
    def __init__(self, bot: Bot, database: Database, *, zone: ZoneInfo) -> None:
        self._bot, self._database, self._zone = bot, database, zone

    async def run(self, context: Context) -> None:
        operation = context.operation
        _ = await self._translator(operation)
        async with self._database.connection() as connection:
            upload = await uploads.get_claimed(connection, operation.subject_id)
            key = await suppressions.get_suppression_key(connection)
        list_id = operation.checkpoint.get("list_id") or await self._begin(context, upload)
        done, total = operation.progress.done, operation.progress.total or 0
        params = operation.params
        async with ProgressMessage(self._bot, params["chat_id"], params["message_id"]) as message:
            async for batch in _batches(
                upload, params["region"], key, after=operation.checkpoint.get("row", 0)
            ):
                done += len(batch.keys)
                async with self._database.transaction() as connection:
                    await contacts.add_batch(connection, list_id, batch)
                    await context.checkpoint(
                        connection, done, list_id=list_id, row=batch.places[-1]
                    )
                message.show(screens.saving(_, upload.id, done, total))
        await self._finish(context, upload, list_id)

    async def _begin(self, context: Context, upload: Upload) -> int:
        """Add an empty list that is not usable yet; return its id."""
        digest = await asyncio.to_thread(hashlib.sha256, upload.content)
        async with self._database.transaction() as connection:
            list_id = await contact_lists.add(
                connection,
                name=upload.reading["name"],
                basis=Basis(upload.reading["basis"]),
                basis_note=upload.reading["note"],
                attested_by=upload.admin_id,
                file_name=upload.file_name,
                file_sha256=digest.digest(),
                fields=[name for _, name in _reading(upload).field_names()],
            )
            await context.checkpoint(connection, 0, list_id=list_id, row=0)
        return list_id

    async def _finish(self, context: Context, upload: Upload, list_id: int) -> None:
        """Make the list usable, delete the file and end the operation, in one transaction."""
        async with self._database.transaction() as connection:
            saved = await contact_lists.complete(connection, list_id)
            await uploads.delete_claimed(connection, upload.id)
            await audit.add(
                connection,
                upload.admin_id,
                "upload",
                "contact_list",
                list_id,
                name=saved.name,
                basis=saved.basis,
                size=saved.size,
                file_sha256=hashlib.sha256(upload.content).hexdigest(),
            )
            await context.complete(connection, list_id=list_id)

    async def undo(self, connection: Connection, operation: Operation) -> None:
        """Delete the half-saved list and the file. Contacts stay: other lists may have them."""
        if (list_id := operation.checkpoint.get("list_id")) is not None:
            await contact_lists.delete_unready(connection, list_id)
        await uploads.delete_claimed(connection, operation.subject_id)

    async def notify(self, operation: Operation) -> None:
        """Show the result in the message that showed the progress."""
        screen = await self._ending(operation, await self._translator(operation))
        params = operation.params
        await replace(self._bot, params["chat_id"], params["message_id"], screen)

    async def _ending(self, operation: Operation, _: Translator) -> Screen:
        if operation.status is OperationStatus.CANCELLED:
            return screens.dropped(_)
        if operation.status is OperationStatus.FAILED or operation.result is None:
            return screens.failed(_)
        async with self._database.connection() as connection:
            saved = await contact_lists.get(connection, operation.result["list_id"])
        return screens.saved(_, saved)

    async def _translator(self, operation: Operation) -> Translator:
        admin = await admins.find(self._database, operation.requested_by or 0)
        return translator_for(admin, self._zone) if admin else Translator("en", self._zone)


async def _batches(
    upload: Upload, region: str, key: bytes, *, after: int
) -> AsyncIterator[contacts.Batch]:
    """Yield the people of the file after row `after`, chunk by chunk, hashed in a thread."""
    async for chunk in chunks(upload.content, _reading(upload), region):
        people = [one for one in chunk if isinstance(one, NewContact) and one.row > after]
        if people:
            yield await asyncio.to_thread(contacts.batch, people, key)


def _reading(upload: Upload) -> Reading:
    return Reading.from_json(upload.reading["how"])
