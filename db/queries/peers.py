"""Rows of peers and account_media: access hashes of persons and files.

Telegram gives them to one account, and no other may use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.models.account import AccountMedia, KnownPair, Peer

if TYPE_CHECKING:
    from db.pool import Connection

FIND_PEERS = """
SELECT person_id, kind, peer_id, access_hash FROM peers JOIN persons ON persons.id = person_id
WHERE account_id = $1 AND person_id = ANY($2)
"""


async def find(connection: Connection, account_id: int, person_ids: list[int]) -> dict[int, Peer]:
    """Return the peers that this account has of these persons, by person id."""
    rows = await connection.fetch(FIND_PEERS, account_id, person_ids)
    return {row["person_id"]: Peer(row["kind"], row["peer_id"], row["access_hash"]) for row in rows}


FIND_USER = """
SELECT kind, peer_id, access_hash FROM peers JOIN persons ON persons.id = person_id
WHERE kind = 'user' AND peer_id = $2 AND account_id = $1
"""


async def find_user(connection: Connection, account_id: int, user_id: int) -> Peer | None:
    """Return this account's peer of a user, or None."""
    row = await connection.fetchrow(FIND_USER, account_id, user_id)
    return None if row is None else Peer(**dict(row))


DELETE_PEER = "DELETE FROM peers WHERE account_id = $1 AND person_id = $2"


async def delete(connection: Connection, account_id: int, person_id: int | None) -> None:
    """Delete a peer that Telegram refuses; the account resolves the person again."""
    await connection.execute(DELETE_PEER, account_id, person_id)


FIND_KNOWN_PAIRS = """
SELECT contacts.id AS contact_id, account_id,
    talked_at IS NOT NULL OR wrote_at IS NOT NULL AS talking,
    person_id, kind, peer_id, access_hash
FROM contacts JOIN peers USING (person_id) JOIN persons ON persons.id = person_id
WHERE account_id = ANY($1) AND contacts.id = ANY($2)
UNION ALL
SELECT contacts.id, account_id, false, NULL, NULL, NULL, NULL
FROM contacts JOIN entities ON entity_id = user_id
WHERE account_id = ANY($1) AND contacts.id = ANY($2)
"""


async def find_known_pairs(
    connection: Connection, account_ids: Sequence[int], contact_ids: Sequence[int]
) -> list[KnownPair]:
    """Return the accounts and contacts that know each other; a pair may occur twice."""
    rows = await connection.fetch(FIND_KNOWN_PAIRS, account_ids, contact_ids)
    return [
        KnownPair(
            contact_id=row["contact_id"],
            account_id=row["account_id"],
            talking=row["talking"],
            person_id=row["person_id"],
            peer=None
            if row["kind"] is None
            else Peer(row["kind"], row["peer_id"], row["access_hash"]),
        )
        for row in rows
    ]


FIND_TALKING = """
SELECT person_id FROM peers WHERE account_id = $1 AND person_id = ANY($2)
  AND (talked_at IS NOT NULL OR wrote_at IS NOT NULL)
"""


async def find_talking(
    connection: Connection, account_id: int, person_ids: Sequence[int]
) -> set[int]:
    """Return those of the persons with whom the account has a conversation.

    It has written to them, or they to it: a message to them is no first contact.
    """
    rows = await connection.fetch(FIND_TALKING, account_id, person_ids)
    return {row["person_id"] for row in rows}


FIND_ACCOUNT_MEDIA = """
SELECT media_id, kind, file_id, access_hash, file_reference
FROM account_media JOIN media ON media.id = media_id
WHERE account_id = $1 AND media_id = $2
"""


async def find_media(connection: Connection, account_id: int, media_id: int) -> AccountMedia | None:
    """Return the file as this account has uploaded it, or None."""
    row = await connection.fetchrow(FIND_ACCOUNT_MEDIA, account_id, media_id)
    return None if row is None else AccountMedia(**dict(row))


SAVE_ACCOUNT_MEDIA = """
INSERT INTO account_media (account_id, media_id, file_id, access_hash, file_reference)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, media_id) DO UPDATE SET
    file_id = excluded.file_id, access_hash = excluded.access_hash,
    file_reference = excluded.file_reference, uploaded_at = now()
"""


async def save_media(connection: Connection, account_id: int, media: AccountMedia) -> None:
    """Add or replace the account's upload of a file."""
    await connection.execute(
        SAVE_ACCOUNT_MEDIA,
        account_id,
        media.media_id,
        media.file_id,
        media.access_hash,
        media.file_reference,
    )


DELETE_ACCOUNT_MEDIA = "DELETE FROM account_media WHERE account_id = $1 AND media_id = $2"


async def delete_media(connection: Connection, account_id: int, media_id: int) -> None:
    """Delete an upload whose file reference has expired; the file is uploaded again."""
    await connection.execute(DELETE_ACCOUNT_MEDIA, account_id, media_id)
