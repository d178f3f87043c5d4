"""Rows of contact lists and of their members.

A list whose members are still being saved (`ready_at` null) is visible to its import only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.contact_list import Basis, ContactList, Member
from db.models.errors import NotFound

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

GET_CONTACT_LIST = "SELECT * FROM contact_lists WHERE id = $1 AND ready_at IS NOT NULL"


async def get(connection: Connection, contact_list_id: int) -> ContactList:
    """Return the list, archived or not; NotFound when there is none or its import has not ended."""
    if (row := await connection.fetchrow(GET_CONTACT_LIST, contact_list_id)) is None:
        raise NotFound("contact_list", contact_list_id)
    return _contact_list(row)


PAGE_CONTACT_LISTS = """
SELECT * FROM contact_lists
WHERE ready_at IS NOT NULL AND (archived_at IS NULL OR id IN (
    SELECT contact_list_id FROM campaign_contact_lists WHERE campaign_id = $3 AND NOT excluded))
ORDER BY id DESC LIMIT $1 OFFSET $2
"""


async def page(
    connection: Connection, *, limit: int = 20, offset: int = 0, campaign_id: int | None = None
) -> list[ContactList]:
    """Return the lists that are not archived, newest first, and all lists of `campaign_id`."""
    rows = await connection.fetch(PAGE_CONTACT_LISTS, limit, offset, campaign_id)
    return [_contact_list(row) for row in rows]


PAGE_LISTS_OF_CAMPAIGN = """
SELECT contact_lists.* FROM contact_lists
JOIN campaign_contact_lists ON contact_list_id = contact_lists.id
WHERE campaign_id = $1 AND NOT excluded ORDER BY contact_lists.id
"""


async def page_of_campaign(connection: Connection, campaign_id: int) -> list[ContactList]:
    """Return the lists that this campaign writes to, in any state, oldest first."""
    rows = await connection.fetch(PAGE_LISTS_OF_CAMPAIGN, campaign_id)
    return [_contact_list(row) for row in rows]


FIND_CONTACT_LIST_BY_FILE = """
SELECT * FROM contact_lists
WHERE file_sha256 = $1 AND archived_at IS NULL AND ready_at IS NOT NULL
ORDER BY id DESC LIMIT 1
"""


async def find_by_file(connection: Connection, sha256: bytes) -> ContactList | None:
    """Return the newest list that was made from this file (by SHA-256), or None."""
    row = await connection.fetchrow(FIND_CONTACT_LIST_BY_FILE, sha256)
    return None if row is None else _contact_list(row)


ADD_CONTACT_LIST = """
INSERT INTO contact_lists
    (name, basis, basis_note, attested_by, file_name, file_sha256, fields, account_id, ready_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)
RETURNING id
"""


async def add(
    connection: Connection,
    *,
    name: str,
    basis: Basis,
    basis_note: str | None,
    attested_by: int,
    file_name: str,
    file_sha256: bytes,
    fields: list[str],
    account_id: int | None = None,
) -> int:
    """Add a list and return its id. Its members follow (`contacts.add_batch`), then `complete`.

    `account_id`: it is made of the dialogs of this account, not of a file.
    """
    of_file = file_name, file_sha256, fields, account_id
    contact_list_id: int = await connection.fetchval(
        ADD_CONTACT_LIST, name, basis, basis_note, attested_by, *of_file
    )
    return contact_list_id


COMPLETE_CONTACT_LIST = """
UPDATE contact_lists SET ready_at = now(), size =
    (SELECT count(*) FROM contact_list_members WHERE contact_list_id = $1)
WHERE id = $1
RETURNING *
"""


async def complete(connection: Connection, contact_list_id: int) -> ContactList:
    """Store the number of members, once all are in, and make the list usable."""
    row = await connection.fetchrow(COMPLETE_CONTACT_LIST, contact_list_id)
    assert row is not None
    return _contact_list(row)


DELETE_UNREADY = "DELETE FROM contact_lists WHERE id = $1 AND ready_at IS NULL"


async def delete_unready(connection: Connection, contact_list_id: int) -> None:
    """Delete a list whose import did not end, with its members. Contacts stay."""
    await connection.execute(DELETE_UNREADY, contact_list_id)


ARCHIVE_CONTACT_LIST = """
UPDATE contact_lists SET archived_at = now() WHERE id = $1 AND archived_at IS NULL RETURNING id
"""


async def archive(connection: Connection, contact_list_id: int) -> bool:
    """Archive the list; False when it is archived already. Campaigns keep their deliveries."""
    return await connection.fetchval(ARCHIVE_CONTACT_LIST, contact_list_id) is not None


COUNT_ACTIVE_CAMPAIGNS_OF_LIST = """
SELECT count(*) FROM campaign_contact_lists
JOIN campaigns ON campaigns.id = campaign_id
WHERE contact_list_id = $1 AND NOT excluded AND status IN ('scheduled', 'running', 'paused')
"""


async def count_active_campaigns(connection: Connection, contact_list_id: int) -> int:
    """Count the scheduled, running and paused campaigns that use this list."""
    count: int = await connection.fetchval(COUNT_ACTIVE_CAMPAIGNS_OF_LIST, contact_list_id)
    return count


FIND_MEMBER = """
SELECT user_id, phone, username, fields
FROM contact_list_members JOIN contacts ON contacts.id = contact_id
WHERE contact_list_id = $1
ORDER BY contact_id LIMIT 1 OFFSET $2
"""


async def find_member(connection: Connection, contact_list_id: int, place: int) -> Member | None:
    """Return one member; `place` counts from 0 in a stable order."""
    row = await connection.fetchrow(FIND_MEMBER, contact_list_id, place)
    return None if row is None else Member(**dict(row))


COUNT_EMPTY_FIELDS = """
SELECT field, count(*) FILTER (WHERE coalesce(btrim(m.fields ->> field), '') = '') AS people
FROM unnest($2::text[]) AS field, contact_list_members m
WHERE m.contact_list_id = $1
GROUP BY field
"""


async def count_empty(
    connection: Connection, contact_list_id: int, fields: list[str]
) -> dict[str, int]:
    """Count, for each of `fields`, the members whose field is empty."""
    rows = await connection.fetch(COUNT_EMPTY_FIELDS, contact_list_id, fields)
    return {row["field"]: row["people"] for row in rows}


LONGEST_FILLING = """
SELECT coalesce(max(units), 0) FROM (
    SELECT sum(length(value) + length(regexp_replace(value, '[\\u0001-\\uffff]', '', 'g'))) AS units
    FROM contact_list_members m
    CROSS JOIN unnest($2::text[], $3::text[]) AS placeholder (field, fallback)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN coalesce(btrim(m.fields ->> field), '') = '' THEN fallback
            ELSE m.fields ->> field END AS value
    ) AS filling
    WHERE m.contact_list_id = ANY($1)
    GROUP BY m.contact_list_id, m.contact_id
) AS fillings
"""


async def longest_filling(
    connection: Connection, contact_list_ids: list[int], placeholders: list[tuple[str, str]]
) -> int:
    """Return the most UTF-16 units that these (field, fallback) pairs add to one message."""
    fields = [field for field, _ in placeholders]
    fallbacks = [fallback for _, fallback in placeholders]
    units = await connection.fetchval(LONGEST_FILLING, contact_list_ids, fields, fallbacks)
    return int(units)


def _contact_list(row: asyncpg.Record) -> ContactList:
    return ContactList(
        id=row["id"],
        name=row["name"],
        basis=Basis(row["basis"]),
        size=row["size"],
        fields=tuple(row["fields"]),
        attested_by=row["attested_by"],
        created_at=row["created_at"],
        basis_note=row["basis_note"],
        file_name=row["file_name"],
        archived_at=row["archived_at"],
        account_id=row["account_id"],
    )
