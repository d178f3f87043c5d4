"""Rows of contacts: one for each key (db.models.contact), however many lists it is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.models.contact import NewContact

if TYPE_CHECKING:
    from db.pool import Connection

ADD_MEMBERS = """
WITH incoming AS (
    SELECT * FROM unnest(
        $2::text[], $3::bigint[], $4::text[], $5::text[],
        $6::bytea[], $7::bytea[], $8::bytea[], $9::integer[], $10::jsonb[]
    ) AS incoming (key, user_id, phone, username, hash_1, hash_2, hash_3, pos, fields)
), written AS (
    INSERT INTO contacts (key, user_id, phone, username, identity_hashes)
    SELECT key, user_id, phone, username, array_remove(ARRAY[hash_1, hash_2, hash_3], NULL)
    FROM incoming ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        user_id = coalesce(excluded.user_id, contacts.user_id),
        phone = coalesce(excluded.phone, contacts.phone),
        username = coalesce(excluded.username, contacts.username),
        identity_hashes = CASE
            WHEN contacts.identity_hashes @> excluded.identity_hashes
            THEN contacts.identity_hashes
            ELSE ARRAY(SELECT DISTINCT unnest(contacts.identity_hashes || excluded.identity_hashes))
        END
    RETURNING id, key
)
INSERT INTO contact_list_members (contact_list_id, contact_id, pos, fields)
SELECT $1, written.id, incoming.pos, incoming.fields
FROM incoming JOIN written USING (key)
"""


async def add_members(
    connection: Connection,
    contact_list_id: int,
    people: Sequence[NewContact],
    suppression_key: bytes,
) -> None:
    """Put a chunk of `people` (a few thousand, no key twice) into the list.

    Contacts known already are kept and learn what this file knows besides. Rows are taken in the
    order of their keys, so that two uploads at once wait for each other instead of deadlocking.
    """
    hashes = [[*person.identity.hashes(suppression_key), None, None][:3] for person in people]
    await connection.execute(
        ADD_MEMBERS,
        contact_list_id,
        [person.identity.key for person in people],
        [person.identity.user_id for person in people],
        [person.identity.phone for person in people],
        [person.identity.username for person in people],
        [triple[0] for triple in hashes],
        [triple[1] for triple in hashes],
        [triple[2] for triple in hashes],
        [person.row for person in people],
        [person.fields for person in people],
    )


COUNT_KNOWN_BY_LIST = """
SELECT contact_lists.name, count(*) AS people
FROM contacts
JOIN contact_list_members ON contact_id = contacts.id
JOIN contact_lists ON contact_lists.id = contact_list_id
WHERE key = ANY($1) AND archived_at IS NULL
GROUP BY contact_lists.id
"""


async def count_known(connection: Connection, keys: list[str]) -> dict[str, int]:
    """Return how many of `keys` each list that is not archived has, by its name.

    Lists of one name are added up.
    """
    known: dict[str, int] = {}
    for row in await connection.fetch(COUNT_KNOWN_BY_LIST, keys):
        known[row["name"]] = known.get(row["name"], 0) + row["people"]
    return known
