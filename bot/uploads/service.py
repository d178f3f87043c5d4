"""A file on its way to be a contact list: kept, read, checked, saved.

Reading and parsing run in a thread, a chunk at a time, so that the bot goes on answering. What was
chosen so far is in the upload's row: any step can be taken after a restart.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import islice

from bot.uploads.intake.columns import Reading, guess_reading
from bot.uploads.intake.decode import Refusal, refusal
from bot.uploads.intake.parse import Double, Rejected, Tally, body, people
from bot.uploads.intake.preview import Glimpse, Letters, glimpse, letters
from db.models.admin import Admin
from db.models.contact import NewContact
from db.models.contact_list import Basis, ContactList, Upload
from db.pool import Database
from db.queries import audit, contact_lists, contacts, suppressions, uploads

CHUNK_ROWS = 1_000
Progress = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Check:
    """What a file came to, against what is known already.

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
    """Keep a file and guess how it is read: the upload's id, or why it cannot be a list."""
    if (why := refusal(content)) is not None:
        return why
    reading = await asyncio.to_thread(guess_reading, content, region)
    if next(body(content, reading), None) is None:
        return Refusal.HEADER_ONLY
    chosen = {"how": reading.to_json(), "name": _title(file_name)}
    async with database.transaction() as connection:
        return await uploads.add(connection, admin.id, file_name[:200], content, chosen)


async def look(
    database: Database, admin: Admin, upload_id: int
) -> tuple[Upload, Glimpse, ContactList | None]:
    """The file as it is read now, and the list that was made from the very same file before."""
    async with database.connection() as connection:
        upload = await uploads.get(connection, upload_id, admin.id)
        digest = await asyncio.to_thread(hashlib.sha256, upload.content)
        before = await contact_lists.find_by_file(connection, digest.digest())
    return upload, await asyncio.to_thread(glimpse, upload.content, _reading(upload)), before


async def get(database: Database, admin: Admin, upload_id: int) -> Upload:
    """The file and what was chosen for it; NotFound when it is saved, dropped or not theirs."""
    async with database.connection() as connection:
        return await uploads.get(connection, upload_id, admin.id)


async def spellings(database: Database, admin: Admin, upload_id: int) -> list[Letters]:
    """The file's first name in each encoding that may be the right one."""
    upload = await get(database, admin, upload_id)
    return await asyncio.to_thread(letters, upload.content, _reading(upload))


async def choose_encoding(
    database: Database, admin: Admin, upload_id: int, encoding: str, region: str
) -> None:
    """Read the file anew in `encoding`."""
    upload = await get(database, admin, upload_id)
    reading = await asyncio.to_thread(guess_reading, upload.content, region, encoding)
    async with database.transaction() as connection:
        await uploads.note(connection, upload_id, admin.id, how=reading.to_json())


async def change_column(database: Database, admin: Admin, upload_id: int, column: int) -> None:
    """Give the column (from 0) its next role; a column that is not there changes nothing."""
    async with database.transaction() as connection:
        reading = _reading(await uploads.get(connection, upload_id, admin.id))
        if column < len(reading.roles):
            turned = reading.with_next_role(column)
            await uploads.note(connection, upload_id, admin.id, how=turned.to_json())


async def check(
    database: Database, admin: Admin, upload_id: int, region: str, progress: Progress
) -> Check:
    """Go through the whole file; `progress` is told the rows done, chunk by chunk."""
    upload = await get(database, admin, upload_id)
    reading = _reading(upload)
    tally, known, suppressed = Tally(), Counter[str](), 0
    async with database.connection() as connection:
        key = await suppressions.get_suppression_key(connection)
        rows = 0
        async for chunk in _chunks(upload.content, reading, region):
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
            await progress(rows)
        await uploads.note(connection, upload_id, admin.id, ready=tally.ready)
    return Check(upload, tally, tuple(known.most_common()), suppressed, reading.titles)


async def choose_basis(
    database: Database, admin: Admin, upload_id: int, basis: Basis, basis_note: str | None = None
) -> Upload:
    return await _note(database, admin, upload_id, basis=basis, note=basis_note)


async def choose_name(database: Database, admin: Admin, upload_id: int, name: str) -> Upload:
    """`name` is one line of 1 to 64 characters."""
    return await _note(database, admin, upload_id, name=name)


async def save(database: Database, admin: Admin, upload_id: int, region: str) -> ContactList:
    """The file becomes a contact list, whole or not at all; NotFound when it did already."""
    async with database.transaction() as connection:
        upload = await uploads.claim(connection, upload_id, admin.id)
        reading = _reading(upload)
        digest = await asyncio.to_thread(hashlib.sha256, upload.content)
        list_id = await contact_lists.add(
            connection,
            name=upload.reading["name"],
            basis=Basis(upload.reading["basis"]),
            basis_note=upload.reading["note"],
            attested_by=admin.id,
            file_name=upload.file_name,
            file_sha256=digest.digest(),
            fields=[name for _, name in reading.field_names()],
        )
        key = await suppressions.get_suppression_key(connection)
        async for chunk in _chunks(upload.content, reading, region):
            ready = [one for one in chunk if isinstance(one, NewContact)]
            await contacts.add_members(connection, list_id, ready, key)
        saved = await contact_lists.count_members(connection, list_id)
        await audit.add(
            connection,
            admin.id,
            "upload",
            "contact_list",
            list_id,
            name=saved.name,
            basis=saved.basis,
            size=saved.size,
            file_sha256=digest.hexdigest(),
        )
    return saved


async def drop(database: Database, admin: Admin, upload_id: int) -> None:
    """Forget the file; NotFound when it is saved or forgotten already."""
    async with database.transaction() as connection:
        await uploads.claim(connection, upload_id, admin.id)


async def _note(database: Database, admin: Admin, upload_id: int, **chosen: object) -> Upload:
    async with database.transaction() as connection:
        await uploads.note(connection, upload_id, admin.id, **chosen)
        return await uploads.get(connection, upload_id, admin.id)


async def _chunks(
    content: bytes, reading: Reading, region: str
) -> AsyncIterator[list[NewContact | Double | Rejected]]:
    found = people(content, reading, region)
    while chunk := await asyncio.to_thread(lambda: list(islice(found, CHUNK_ROWS))):
        yield chunk


def _reading(upload: Upload) -> Reading:
    return Reading.from_json(upload.reading["how"])


def _title(file_name: str) -> str:
    """ "clients_may.csv" → "clients_may"."""
    stem = file_name.rpartition(".")[0] or file_name
    return " ".join(stem.split())[:64] or "contacts"
