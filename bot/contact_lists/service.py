"""Contact lists: looking at them, the proofs of one, and deleting one."""

from __future__ import annotations

import csv
import io

from db.models.admin import Admin
from db.models.contact_list import ContactList
from db.models.errors import NotAllowed
from db.pool import Database
from db.queries import admins, audit, contact_lists, proofs


async def page(database: Database, *, limit: int, offset: int) -> list[ContactList]:
    """Return the lists that were not deleted, newest first."""
    async with database.connection() as connection:
        return await contact_lists.page(connection, limit=limit, offset=offset)


async def get(database: Database, contact_list_id: int) -> tuple[ContactList, str]:
    """Return the list and the name of the admin who attested its basis. Raise NotFound."""
    async with database.connection() as connection:
        found = await contact_lists.get(connection, contact_list_id)
        attested_by = await admins.find(connection, found.attested_by)
        return found, attested_by.name if attested_by else str(found.attested_by)


async def get_with_use(database: Database, contact_list_id: int) -> tuple[ContactList, int]:
    """Return the list and how many campaigns under way write to it. Raise NotFound."""
    async with database.connection() as connection:
        found = await contact_lists.get(connection, contact_list_id)
        return found, await contact_lists.count_active_campaigns(connection, contact_list_id)


async def delete(database: Database, admin: Admin, contact_list_id: int) -> None:
    """Archive the list; campaigns keep their recipients. Idempotent.

    Raise NotFound, or NotAllowed when the list is another admin's and the role does not allow it.
    """
    async with database.transaction() as connection:
        found = await contact_lists.get(connection, contact_list_id)
        if not admin.may_change(found.attested_by):
            raise NotAllowed("contact_list", contact_list_id, admin.id)
        if await contact_lists.archive(connection, contact_list_id):
            await audit.add(
                connection, admin.id, "delete", "contact_list", contact_list_id, name=found.name
            )


async def proofs_file(database: Database, contact_list_id: int) -> bytes:
    """Return a CSV file for spreadsheets: by which message each member wrote to which account.

    Raise NotFound.
    """
    async with database.connection() as connection:
        await contact_lists.get(connection, contact_list_id)
        found = await proofs.page(connection, contact_list_id)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["name", "id", "account", "message", "said_at"])
    for proof, name in found:
        # A spreadsheet would run a name that begins so as a formula.
        shown = f"'{name}" if name[:1] in {"=", "+", "-", "@"} else name
        said_at = proof.said_at.isoformat(timespec="seconds")
        writer.writerow([shown, proof.peer_id, proof.account_id, proof.message_id, said_at])
    return out.getvalue().encode("utf-8-sig")
