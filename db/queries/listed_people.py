"""What the contact lists say about persons, for sentences that name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from db.models.person import ListedPerson

if TYPE_CHECKING:
    from db.pool import Connection

FIND_PEOPLE = """
WITH people AS (
    SELECT id AS person_id, NULL::bigint AS contact_id,
        CASE WHEN kind = 'user' THEN peer_id END AS user_id
    FROM persons WHERE id = ANY($1)
    UNION ALL
    SELECT NULL, id, user_id FROM contacts
    WHERE id = ANY($2) AND NOT coalesce(person_id = ANY($1), false)
)
SELECT coalesce(people.user_id, said.user_id) AS user_id, name, username, phone, lists,
    ARRAY(
        SELECT unnest(identity_hashes) FROM contacts
        WHERE contacts.person_id = people.person_id OR contacts.id = people.contact_id
        UNION SELECT identity_hash FROM person_names
        WHERE person_names.person_id = people.person_id
    ) AS hashes
FROM people CROSS JOIN LATERAL (
    SELECT max(contacts.user_id) AS user_id, max(username) AS username, max(phone) AS phone,
        max(nullif(btrim(members.fields ->> 'name'), '')) AS name,
        count(DISTINCT contact_lists.id)::integer AS lists
    FROM contacts LEFT JOIN contact_list_members AS members ON members.contact_id = contacts.id
    LEFT JOIN contact_lists ON contact_lists.id = members.contact_list_id
        AND archived_at IS NULL AND ready_at IS NOT NULL
    WHERE contacts.person_id = people.person_id OR contacts.id = people.contact_id
) AS said
ORDER BY people.person_id, people.contact_id
"""


async def find(
    connection: Connection, person_ids: Sequence[int], contact_ids: Sequence[int]
) -> list[ListedPerson]:
    """Return these persons, and those of these contacts that are none of them."""
    return [
        ListedPerson(**{**dict(row), "hashes": frozenset(row["hashes"])})
        for row in await connection.fetch(FIND_PEOPLE, person_ids, contact_ids)
    ]


FIND_KNOWN_USERS = """
SELECT user_id FROM contacts WHERE user_id = ANY($1)
UNION SELECT peer_id FROM persons WHERE kind = 'user' AND peer_id = ANY($1)
"""


async def find_known_users(connection: Connection, user_ids: Iterable[int]) -> set[int]:
    """Return those of the numbers that are Telegram ids of people we know."""
    rows = await connection.fetch(FIND_KNOWN_USERS, list(user_ids))
    return {row["user_id"] for row in rows}


FIND_KNOWN_PHONES = "SELECT DISTINCT phone FROM contacts WHERE phone = ANY($1)"


async def find_known_phones(connection: Connection, phones: Iterable[str]) -> set[str]:
    """Return those of the phones (E.164) that a contact has."""
    return {row["phone"] for row in await connection.fetch(FIND_KNOWN_PHONES, list(phones))}
