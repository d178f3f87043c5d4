"""A file on its way to be a contact list: stored, read, checked, handed to its import.

Reading and parsing run in a thread, one chunk after another, so that the event loop stays free.
What was chosen so far is in the upload's row, so any step can follow a restart. An upload belongs
to one admin: for others, and once it is saved or dropped, every function raises NotFound.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import islice

from bot.uploads.intake import preview
from bot.uploads.intake.columns import Reading, guess_reading
from bot.uploads.intake.decode import Refusal, refusal
from bot.uploads.intake.parse import Duplicate, Rejected, Tally, people, refusal_of_rows
from bot.uploads.intake.preview import FilePreview, Spelling
from db.models.admin import Admin
from db.models.contact import NewContact
from db.models.contact_list import Basis, ContactList, Upload
from db.models.operation import OperationKind, Progress
from db.pool import Database
from db.queries import contact_lists, contacts, operations, suppressions, uploads

CHUNK_ROWS = 1_000
Report = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Check:
    """What the rows of a file came to, compared with what is stored already.

    `known` is (list, people): how many of the ready each existing list has; `suppressed` of the
    ready are on the stop list.
    """

    upload: Upload
    tally: Tally
    known: tuple[tuple[str, int], ...]
    suppressed: int
    titles: tuple[str, ...]


async def receive(
    database: Database, admin: Admin, file_name: str, content: bytes, region: str
) -> int | Refusal:
    """Store a file and guess how it is read. Return the upload's id, or why it is no list."""
    reading = await asyncio.to_thread(_first_reading, content, region)
    if isinstance(reading, Refusal):
        return reading
    chosen = {"how": reading.to_json(), "name": _title(file_name)}
    async with database.transaction() as connection:
        return await uploads.add(connection, admin.id, file_name[:200], content, chosen)


async def look(
    database: Database, admin: Admin, upload_id: int
) -> tuple[Upload, FilePreview, ContactList | None]:
    """Return the file, its preview, and the newest list made from the same bytes, if any."""
    async with database.connection() as connection:
        upload = await uploads.get(connection, upload_id, admin.id)
        digest = await asyncio.to_thread(hashlib.sha256, upload.content)
        before = await contact_lists.find_by_file(connection, digest.digest())
    return (
        upload,
        await asyncio.to_thread(preview.preview, upload.content, _reading(upload)),
        before,
    )


async def get(database: Database, admin: Admin, upload_id: int) -> Upload:
    """Return the file and what was chosen for it."""
    async with database.connection() as connection:
        return await uploads.get(connection, upload_id, admin.id)


async def spellings(database: Database, admin: Admin, upload_id: int) -> list[Spelling]:
    """Return the file's first name in each encoding that may be the right one."""
    upload = await get(database, admin, upload_id)
    return await asyncio.to_thread(preview.spellings, upload.content, _reading(upload))


async def choose_encoding(
    database: Database, admin: Admin, upload_id: int, encoding: str, region: str
) -> None:
    """Read the file in `encoding`, and guess its columns again."""
    upload = await get(database, admin, upload_id)
    reading = await asyncio.to_thread(guess_reading, upload.content, region, encoding)
    async with database.transaction() as connection:
        await uploads.note(connection, upload_id, admin.id, how=reading.to_json())


async def change_column(database: Database, admin: Admin, upload_id: int, column: int) -> None:
    """Give the column, counted from 0, its next role; do nothing when there is no such column."""
    async with database.transaction() as connection:
        reading = _reading(await uploads.get(connection, upload_id, admin.id))
        if column < len(reading.roles):
            turned = reading.with_next_role(column)
            await uploads.note(connection, upload_id, admin.id, how=turned.to_json())


async def check(
    database: Database, admin: Admin, upload_id: int, region: str, report: Report
) -> Check:
    """Check every row. `report` is called after each chunk with the number of rows done."""
    upload = await get(database, admin, upload_id)
    reading = _reading(upload)
    tally, known, suppressed = Tally(), Counter[str](), 0
    async with database.connection() as connection:
        key = await suppressions.get_suppression_key(connection)
        rows = 0
        async for chunk in chunks(upload.content, reading, region):
            ready = tally.add(chunk)
            known.update(
                await contacts.count_known(connection, [one.identity.key for one in ready])
            )
            hashes = [one.identity.hashes(key) for one in ready]
            barred = await suppressions.find_suppressed(
                connection, [h for h3 in hashes for h in h3]
            )
            suppressed += sum(not barred.isdisjoint(h3) for h3 in hashes)
            rows += len(chunk)
            await report(rows)
        await uploads.note(connection, upload_id, admin.id, ready=tally.ready)
    return Check(upload, tally, tuple(known.most_common()), suppressed, reading.titles)


async def choose_basis(
    database: Database, admin: Admin, upload_id: int, basis: Basis, basis_note: str | None = None
) -> Upload:
    """Set why we may write to these people; `basis_note` is for Basis.OTHER."""
    return await _note(database, admin, upload_id, basis=basis, note=basis_note)


async def choose_name(database: Database, admin: Admin, upload_id: int, name: str) -> Upload:
    """Set the list's name, one line of 1 to 64 characters."""
    return await _note(database, admin, upload_id, name=name)


async def save(
    database: Database, admin: Admin, upload_id: int, chat_id: int, message_id: int, region: str
) -> None:
    """Queue the import of the file. The message of that chat shows its progress and its end."""
    params = {"chat_id": chat_id, "message_id": message_id, "region": region}
    async with database.transaction() as connection:
        chosen = await uploads.claim(connection, upload_id, admin.id)
        await operations.add(
            connection,
            OperationKind.IMPORT,
            upload_id,
            requested_by=admin.id,
            params=params,
            progress=Progress(0, chosen.get("ready")),
        )


async def cancel_saving(database: Database, admin: Admin, upload_id: int) -> bool:
    """Ask the import of this file to stop and leave nothing. Return False when it has ended."""
    async with database.connection() as connection:
        kind = OperationKind.IMPORT
        return await operations.request_cancel(connection, kind, upload_id, admin.id)


async def drop(database: Database, admin: Admin, upload_id: int) -> None:
    """Delete the file."""
    async with database.transaction() as connection:
        await uploads.drop(connection, upload_id, admin.id)


async def _note(database: Database, admin: Admin, upload_id: int, **chosen: object) -> Upload:
    async with database.transaction() as connection:
        await uploads.note(connection, upload_id, admin.id, **chosen)
        return await uploads.get(connection, upload_id, admin.id)


async def chunks(
    content: bytes, reading: Reading, region: str
) -> AsyncIterator[list[NewContact | Duplicate | Rejected]]:
    """Yield what the file's rows came to, CHUNK_ROWS at a time, read in a thread."""
    found = people(content, reading, region)
    while chunk := await asyncio.to_thread(lambda: list(islice(found, CHUNK_ROWS))):
        yield chunk


def _first_reading(content: bytes, region: str) -> Reading | Refusal:
    """Guess how the file is read, or return why it is no list. Reads the whole file."""
    if (why := refusal(content)) is not None:
        return why
    reading = guess_reading(content, region)
    return refusal_of_rows(content, reading) or reading


def _reading(upload: Upload) -> Reading:
    return Reading.from_json(upload.reading["how"])


def _title(file_name: str) -> str:
    """Return the file's name without its ending, cut to 64 characters."""
    stem = file_name.rpartition(".")[0] or file_name
    return " ".join(stem.split())[:64] or "contacts"
