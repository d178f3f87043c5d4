"""Rows of persons, person_names, peers and contacts as the private dialogs of an account show them.

A dialog shows who a person is without a look-up. Contacts with a name that it shows are taken for
that person (contacts.identified_at stays null) until a look-up or users.getUsers confirms it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.models.contact import identity_hash
from db.models.person import Dialog

if TYPE_CHECKING:
    from db.pool import Connection

MEET = """
WITH met AS MATERIALIZED (
    SELECT id, given.* FROM unnest(
        $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::bigint[]
    ) AS given (user_id, access_hash, talked_at, wrote_at, wrote_id)
    JOIN persons ON kind = 'user' AND peer_id = user_id
), named AS (
    INSERT INTO person_names (identity_hash, person_id)
    SELECT DISTINCT ON (hash) hash, id
    FROM unnest($7::bytea[], $8::bigint[]) AS name (hash, carrier) JOIN met ON user_id = carrier
    ORDER BY hash
    ON CONFLICT (identity_hash) DO UPDATE SET person_id = excluded.person_id
    WHERE person_names.person_id <> excluded.person_id
)
INSERT INTO peers (account_id, person_id, access_hash, talked_at, wrote_at, wrote_id)
SELECT $1, id, coalesce(met.access_hash, known.access_hash),
    met.talked_at, met.wrote_at, met.wrote_id
FROM met LEFT JOIN peers AS known ON known.account_id = $1 AND known.person_id = id
WHERE coalesce(met.access_hash, known.access_hash) IS NOT NULL ORDER BY id
ON CONFLICT (account_id, person_id) DO UPDATE SET
    access_hash = excluded.access_hash,
    talked_at = least(peers.talked_at, excluded.talked_at),
    wrote_at = greatest(peers.wrote_at, excluded.wrote_at),
    wrote_id = greatest(peers.wrote_id, excluded.wrote_id)
WHERE peers.access_hash <> excluded.access_hash
   OR least(peers.talked_at, excluded.talked_at) IS DISTINCT FROM peers.talked_at
   OR greatest(peers.wrote_id, excluded.wrote_id) IS DISTINCT FROM peers.wrote_id
"""


async def meet(
    connection: Connection, key: bytes, account_id: int, dialogs: Sequence[Dialog]
) -> None:
    """Store the people of these private dialogs, their names, and how the account addresses them.

    `key` is the installation's suppression key. No one becomes known to the account without an
    access hash. What is known of a conversation is kept: its first message of the account's, the
    latest of theirs. Rows are written in the order of their keys.
    """
    names = [(name, one.user_id) for one in dialogs for name in one.names()]
    await connection.execute(
        MEET,
        account_id,
        [one.user_id for one in dialogs],
        [one.access_hash for one in dialogs],
        [one.talked_at for one in dialogs],
        [one.wrote_at for one in dialogs],
        [one.wrote_id for one in dialogs],
        [identity_hash(key, name) for name, _ in names],
        [user_id for _, user_id in names],
    )


LINK_CONTACTS = """
WITH named AS MATERIALIZED (
    SELECT id AS person_id, given.* FROM unnest($1::bigint[], $2::text[], $3::text[])
        AS given (user_id, phone, username) JOIN persons ON kind = 'user' AND peer_id = user_id
), found AS MATERIALIZED (
    SELECT contacts.id, named.person_id, 1 AS place FROM named JOIN contacts USING (user_id)
    UNION ALL
    SELECT contacts.id, named.person_id, 2 FROM named JOIN contacts USING (phone)
    UNION ALL
    SELECT contacts.id, named.person_id, 3
    FROM named JOIN contacts ON lower(contacts.username) = lower(named.username)
), locked AS (
    SELECT id FROM contacts
    WHERE id IN (SELECT id FROM found) AND person_id IS NULL
      AND unreachable_reason IS DISTINCT FROM 'two_people'
    ORDER BY key FOR NO KEY UPDATE
)
UPDATE contacts SET person_id = guess.person_id
FROM (SELECT DISTINCT ON (id) id, person_id FROM found JOIN locked USING (id)
      ORDER BY id, place) AS guess
WHERE contacts.id = guess.id
"""


async def link_contacts(connection: Connection, dialogs: Sequence[Dialog]) -> None:
    """Take the contacts with a name that these people show for them, until Telegram confirms it.

    The strongest name decides: the id, the phone, the username. Contacts with a person stay.
    """
    named = [row for one in dialogs for row in one.columns()]
    await connection.execute(
        LINK_CONTACTS,
        [user_id for user_id, _, _ in named],
        [phone for _, phone, _ in named],
        [username for _, _, username in named],
    )


FIND_WRITERS = """
SELECT persons.peer_id FROM peers JOIN persons ON persons.id = person_id
WHERE account_id = $1 AND kind = 'user' AND persons.peer_id = ANY($2) AND wrote_id IS NOT NULL
"""


async def find_writers(
    connection: Connection, account_id: int, user_ids: Sequence[int]
) -> set[int]:
    """Return those of the users who are known to have written to the account."""
    rows = await connection.fetch(FIND_WRITERS, account_id, user_ids)
    return {row["peer_id"] for row in rows}


FIND_GUESS = """
SELECT peer_id, access_hash FROM contacts
JOIN persons ON persons.id = contacts.person_id
JOIN peers ON peers.person_id = persons.id AND account_id = $1
WHERE contacts.id = $2 AND kind = 'user'
"""


async def find_guess(
    connection: Connection, account_id: int, contact_id: int
) -> tuple[int, int] | None:
    """Return (Telegram id, access hash) of the user whom the contact is taken for, or None."""
    row = await connection.fetchrow(FIND_GUESS, account_id, contact_id)
    return None if row is None else (row["peer_id"], row["access_hash"])
