"""Rows of persons and person_names: who Telegram says that a contact is, and who carries a name.

A transaction that changes or checks a rule about persons locks their rows first, in the order of
their ids. So two transactions about one person come one after the other, without a deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from db.models.person import Person

if TYPE_CHECKING:
    from db.pool import Connection

IDENTIFY = """
WITH person AS (
    INSERT INTO persons (kind, peer_id, unreachable_reason) VALUES ($3, $4, $6)
    ON CONFLICT (kind, peer_id) DO UPDATE SET unreachable_reason = excluded.unreachable_reason
    RETURNING id
), named AS (
    INSERT INTO person_names (identity_hash, person_id)
    SELECT hash, id FROM person, unnest($7::bytea[]) AS hash GROUP BY 1, 2 ORDER BY 1
    ON CONFLICT (identity_hash) DO UPDATE SET person_id = excluded.person_id
    WHERE person_names.person_id <> excluded.person_id
), met AS (
    INSERT INTO peers (account_id, person_id, access_hash) SELECT $1, id, $5 FROM person
    ON CONFLICT (account_id, person_id) DO UPDATE SET
        access_hash = excluded.access_hash, resolved_at = now()
), identified AS (
    UPDATE contacts SET person_id = person.id, identified_at = now(), identity_hashes =
        CASE WHEN $8 = ANY(identity_hashes) THEN identity_hashes ELSE identity_hashes || $8 END
    FROM person WHERE contacts.id = $2
)
SELECT id FROM person
"""


async def identify(
    connection: Connection,
    account_id: int,
    contact_id: int,
    person: Person,
    names: Sequence[bytes],
    own_hash: bytes,
) -> int:
    """Store who the contact is, and how the account addresses them; return the person's id.

    `names` are the identity hashes of what Telegram's answer calls them; `own_hash`, one of them,
    is that of their Telegram id, which the contact is suppressed by from now on.
    """
    person_id: int = await connection.fetchval(
        IDENTIFY,
        account_id,
        contact_id,
        person.kind,
        person.peer_id,
        person.access_hash,
        person.unreachable_reason,
        names,
        own_hash,
    )
    return person_id


GET_PEER_ID = "SELECT peer_id FROM persons WHERE id = $1"


async def get_peer_id(connection: Connection, person_id: int) -> int:
    """Return Telegram's id of an existing person."""
    peer_id: int = await connection.fetchval(GET_PEER_ID, person_id)
    return peer_id


MARK_PERSON_UNREACHABLE = """
UPDATE persons SET unreachable_reason = $2
WHERE id = (SELECT person_id FROM contacts WHERE id = $1 AND identified_at IS NOT NULL)
"""


async def mark_unreachable(connection: Connection, contact_id: int, reason: str) -> None:
    """Mark the person of this contact as one that no account can write to."""
    await connection.execute(MARK_PERSON_UNREACHABLE, contact_id, reason)


ADD_USERS = """
INSERT INTO persons (kind, peer_id) SELECT 'user', id FROM unnest($1::bigint[]) AS id ORDER BY id
ON CONFLICT (kind, peer_id) DO NOTHING
"""


async def add_users(connection: Connection, user_ids: Iterable[int]) -> None:
    """Add a person for each of these Telegram ids that has none."""
    await connection.execute(ADD_USERS, list(user_ids))


LOCK_CARRIERS = """
SELECT id FROM persons WHERE id IN (
    SELECT unnest($1::bigint[])
    UNION SELECT persons.id FROM persons WHERE kind = 'user' AND peer_id = ANY($2)
    UNION SELECT person_id FROM person_names WHERE identity_hash = ANY($3)
    UNION SELECT person_id FROM contacts WHERE id = ANY($4) AND identified_at IS NOT NULL
) ORDER BY id FOR NO KEY UPDATE
"""


async def lock_carriers(
    connection: Connection,
    person_ids: Iterable[int],
    user_ids: Iterable[int],
    hashes: Iterable[bytes],
    contact_ids: Iterable[int],
) -> list[int]:
    """Lock and return the ids of these persons, in order, until the transaction ends.

    They are given by their ids, by Telegram's, by the identity hashes of names that they carry, or
    by contacts that were identified as them.
    """
    rows = await connection.fetch(
        LOCK_CARRIERS, list(person_ids), list(user_ids), list(hashes), list(contact_ids)
    )
    return [row["id"] for row in rows]


FIND_HASHES = """
SELECT DISTINCT unnest(identity_hashes) AS identity_hash FROM contacts
WHERE id = ANY($2) OR person_id = ANY($1)
UNION SELECT identity_hash FROM person_names WHERE person_id = ANY($1)
"""


async def find_hashes(
    connection: Connection, person_ids: Sequence[int], contact_ids: Sequence[int]
) -> set[bytes]:
    """Return the identity hashes of all names of these persons and contacts.

    The names of a person are those that Telegram gave and those of every contact that is them.
    """
    rows = await connection.fetch(FIND_HASHES, person_ids, contact_ids)
    return {row["identity_hash"] for row in rows}


FIND_SHOWN_NAMES = """
SELECT DISTINCT peer_id, entities.username, entities.phone
FROM persons LEFT JOIN entities ON entity_id = peer_id
WHERE persons.id = ANY($1) AND kind = 'user'
"""


async def find_shown_names(
    connection: Connection, person_ids: Sequence[int]
) -> list[tuple[int, str | None, str | None]]:
    """Return (Telegram id, username, phone) of these users, as each account has seen them."""
    rows = await connection.fetch(FIND_SHOWN_NAMES, person_ids)
    return [(row["peer_id"], row["username"], row["phone"]) for row in rows]
