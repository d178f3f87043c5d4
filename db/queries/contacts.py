"""Rows of contacts: one for each key (db.models.contact), however many lists it is in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from db.models.contact import Identity, NewContact

if TYPE_CHECKING:
    from db.pool import Connection


class Batch(NamedTuple):
    """A chunk of people as the columns of a statement; `hashes` has up to three for each."""

    keys: list[str]
    user_ids: list[int | None]
    phones: list[str | None]
    usernames: list[str | None]
    hashes: tuple[list[bytes | None], list[bytes | None], list[bytes | None]]
    places: list[int]
    fields: list[str]


def batch(people: Sequence[NewContact], suppression_key: bytes) -> Batch:
    """Hash and encode a chunk. It needs no connection and may run in a thread."""
    hashes = [[*person.identity.hashes(suppression_key), None, None][:3] for person in people]
    return Batch(
        keys=[person.identity.key for person in people],
        user_ids=[person.identity.user_id for person in people],
        phones=[person.identity.phone for person in people],
        usernames=[person.identity.username for person in people],
        hashes=([h[0] for h in hashes], [h[1] for h in hashes], [h[2] for h in hashes]),
        places=[person.row for person in people],
        fields=[json.dumps(person.fields, ensure_ascii=False) for person in people],
    )


ADD_MEMBERS = """
WITH incoming AS (
    SELECT * FROM unnest(
        $2::text[], $3::bigint[], $4::text[], $5::text[],
        $6::bytea[], $7::bytea[], $8::bytea[], $9::integer[], $10::text[]
    ) AS incoming (key, user_id, phone, username, hash_1, hash_2, hash_3, pos, fields)
), written AS (
    INSERT INTO contacts (key, user_id, phone, username, identity_hashes, person_id)
    SELECT key, user_id, phone, username, array_remove(ARRAY[hash_1, hash_2, hash_3], NULL), (
        SELECT person_id FROM person_names
        WHERE identity_hash = ANY(ARRAY[hash_1, hash_2, hash_3]) LIMIT 1)
    FROM incoming ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        person_id = coalesce(contacts.person_id, excluded.person_id),
        identified_at = CASE
            WHEN (coalesce(excluded.user_id, contacts.user_id),
                  coalesce(excluded.phone, contacts.phone),
                  lower(coalesce(excluded.username, contacts.username)))
                IS NOT DISTINCT FROM (contacts.user_id, contacts.phone, lower(contacts.username))
            THEN contacts.identified_at END,
        unreachable_reason = nullif(contacts.unreachable_reason, 'two_people'),
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
SELECT $1, written.id, incoming.pos, incoming.fields::jsonb
FROM incoming JOIN written USING (key)
"""


async def add_batch(connection: Connection, contact_list_id: int, people: Batch) -> None:
    """Add a chunk (a few thousand people, no key twice) to the list.

    Contacts known already are kept and learn what this file knows besides. A contact with a name
    that a known person carries is taken for that person, until Telegram confirms it. Rows are taken
    in the order of their keys, so that two uploads at once wait for each other instead of
    deadlocking. A contact that gets a new name is identified again: its names are compared again.
    """
    await connection.execute(
        ADD_MEMBERS,
        contact_list_id,
        people.keys,
        people.user_ids,
        people.phones,
        people.usernames,
        *people.hashes,
        people.places,
        people.fields,
    )


COUNT_KNOWN_BY_LIST = """
SELECT contact_lists.name, count(*) AS people
FROM contacts
JOIN contact_list_members ON contact_id = contacts.id
JOIN contact_lists ON contact_lists.id = contact_list_id
WHERE key = ANY($1) AND archived_at IS NULL AND ready_at IS NOT NULL
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


MARK_UNREACHABLE = "UPDATE contacts SET unreachable_reason = $2 WHERE id = $1"


async def mark_unreachable(connection: Connection, contact_id: int, reason: str) -> None:
    """Mark a contact that no account can write to; campaigns skip it from now on."""
    await connection.execute(MARK_UNREACHABLE, contact_id, reason)


FIND_NAMED = """
SELECT id FROM contacts WHERE unreachable_reason IS DISTINCT FROM 'two_people' AND (
    user_id = ANY($1) OR phone = ANY($2) OR lower(username) = ANY($3))
"""


async def find_named(connection: Connection, identities: Iterable[Identity]) -> list[int]:
    """Return the ids of the contacts that have one of these names.

    A contact whose names belong to two people is no evidence that they are one, and is left out.
    """
    given = list(identities)
    rows = await connection.fetch(
        FIND_NAMED,
        [one.user_id for one in given if one.user_id is not None],
        [one.phone for one in given if one.phone is not None],
        [one.username.lower() for one in given if one.username is not None],
    )
    return [row["id"] for row in rows]
