"""Rows of peers and account_media: access hashes of contacts and files.

Telegram gives them to one account, and no other may use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.models.account import AccountMedia, Peer

if TYPE_CHECKING:
    from db.pool import Connection

FIND_PEERS = """
SELECT contact_id, kind, peer_id, access_hash FROM peers
WHERE account_id = $1 AND contact_id = ANY($2)
"""


async def find(connection: Connection, account_id: int, contact_ids: list[int]) -> dict[int, Peer]:
    """Return the peers of those contacts that this account has resolved, by contact id."""
    rows = await connection.fetch(FIND_PEERS, account_id, contact_ids)
    return {
        row["contact_id"]: Peer(row["kind"], row["peer_id"], row["access_hash"]) for row in rows
    }


SAVE_PEER = """
WITH identified AS (
    UPDATE contacts SET user_id = $4, identity_hashes =
        CASE WHEN $6 = ANY(identity_hashes) THEN identity_hashes ELSE identity_hashes || $6 END
    WHERE id = $2 AND user_id IS NULL AND $6::bytea IS NOT NULL
)
INSERT INTO peers (account_id, contact_id, kind, peer_id, access_hash)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, contact_id) DO UPDATE SET
    kind = excluded.kind, peer_id = excluded.peer_id,
    access_hash = excluded.access_hash, resolved_at = now()
"""


async def save(
    connection: Connection,
    account_id: int,
    contact_id: int,
    peer: Peer,
    person_hash: bytes | None = None,
) -> None:
    """Add or replace the account's peer of this contact.

    `person_hash`, for people: the identity hash of their Telegram id. With it a contact that had
    no Telegram id gets this one, and the hash is matched against suppressions from then on.
    """
    await connection.execute(
        SAVE_PEER, account_id, contact_id, peer.kind, peer.peer_id, peer.access_hash, person_hash
    )


FIND_PERSON = """
SELECT kind, peer_id, access_hash FROM peers JOIN contacts ON contacts.id = contact_id
WHERE contacts.user_id = $2 AND account_id = $1 AND peer_id = $2 LIMIT 1
"""


async def find_person(connection: Connection, account_id: int, user_id: int) -> Peer | None:
    """Return this account's peer of a person, from any contact with this user id, or None."""
    row = await connection.fetchrow(FIND_PERSON, account_id, user_id)
    return None if row is None else Peer(**dict(row))


DELETE_PEER = "DELETE FROM peers WHERE account_id = $1 AND contact_id = $2"


async def delete(connection: Connection, account_id: int, contact_id: int) -> None:
    """Delete a peer that Telegram refuses; the contact is resolved again."""
    await connection.execute(DELETE_PEER, account_id, contact_id)


MARK_UNREACHABLE = "UPDATE contacts SET unreachable_reason = $2 WHERE id = $1"


async def mark_unreachable(connection: Connection, contact_id: int, reason: str) -> None:
    """Mark a contact that no account can write to; campaigns skip it from now on."""
    await connection.execute(MARK_UNREACHABLE, contact_id, reason)


FIND_KNOWN_PAIRS = """
SELECT contact_id, account_id, talked_at IS NOT NULL AS talking FROM peers
WHERE account_id = ANY($1) AND contact_id = ANY($2)
UNION ALL
SELECT contacts.id, account_id, false FROM contacts JOIN entities ON entity_id = user_id
WHERE account_id = ANY($1) AND contacts.id = ANY($2)
"""


async def find_known_pairs(
    connection: Connection, account_ids: Sequence[int], contact_ids: Sequence[int]
) -> list[tuple[int, int, bool]]:
    """Return (contact id, account id, talking) of the pairs that know each other.

    An account knows a contact that it has resolved or met. `talking`: it has sent them a message.
    A pair may occur twice.
    """
    rows = await connection.fetch(FIND_KNOWN_PAIRS, account_ids, contact_ids)
    return [(row["contact_id"], row["account_id"], row["talking"]) for row in rows]


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
