"""Rows of peers and account_media: how one account sees contacts and files. Never shared."""

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
    """The contacts that this account has resolved before, by contact id."""
    rows = await connection.fetch(FIND_PEERS, account_id, contact_ids)
    return {
        row["contact_id"]: Peer(row["kind"], row["peer_id"], row["access_hash"]) for row in rows
    }


KEEP_PEER = """
WITH learnt AS (
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


async def keep(
    connection: Connection,
    account_id: int,
    contact_id: int,
    peer: Peer,
    person_hash: bytes | None = None,
) -> None:
    """Remember the way to this contact, and who it is.

    `person_hash`, for people: the hash of their id, by which a stop list knows them.
    """
    await connection.execute(
        KEEP_PEER, account_id, contact_id, peer.kind, peer.peer_id, peer.access_hash, person_hash
    )


FIND_PERSON = """
SELECT kind, peer_id, access_hash FROM peers JOIN contacts ON contacts.id = contact_id
WHERE contacts.user_id = $2 AND account_id = $1 AND peer_id = $2 LIMIT 1
"""


async def find_person(connection: Connection, account_id: int, user_id: int) -> Peer | None:
    """This account's way to a person whom it has resolved under any name."""
    row = await connection.fetchrow(FIND_PERSON, account_id, user_id)
    return None if row is None else Peer(**dict(row))


FORGET_PEER = "DELETE FROM peers WHERE account_id = $1 AND contact_id = $2"


async def forget(connection: Connection, account_id: int, contact_id: int) -> None:
    """The account's way to this contact is wrong: it is resolved anew."""
    await connection.execute(FORGET_PEER, account_id, contact_id)


MARK_UNREACHABLE = "UPDATE contacts SET unreachable_reason = $2 WHERE id = $1"


async def mark_unreachable(connection: Connection, contact_id: int, reason: str) -> None:
    """Nobody can write to this contact any more: the next campaigns skip it."""
    await connection.execute(MARK_UNREACHABLE, contact_id, reason)


FIND_ACQUAINTANCES = """
SELECT contact_id, account_id, talked_at IS NOT NULL AS talking FROM peers
WHERE account_id = ANY($1) AND contact_id = ANY($2)
UNION ALL
SELECT contacts.id, account_id, false FROM contacts JOIN entities ON entity_id = user_id
WHERE account_id = ANY($1) AND contacts.id = ANY($2)
"""


async def find_acquaintances(
    connection: Connection, account_ids: Sequence[int], contact_ids: Sequence[int]
) -> list[tuple[int, int, bool]]:
    """Return (contact id, account id, whether they talk) of all that know each other.

    A pair may be there twice.
    """
    rows = await connection.fetch(FIND_ACQUAINTANCES, account_ids, contact_ids)
    return [(row["contact_id"], row["account_id"], row["talking"]) for row in rows]


FIND_ACCOUNT_MEDIA = """
SELECT media_id, kind, file_id, access_hash, file_reference
FROM account_media JOIN media ON media.id = media_id
WHERE account_id = $1 AND media_id = $2
"""


async def find_media(connection: Connection, account_id: int, media_id: int) -> AccountMedia | None:
    """The file as this account has uploaded it; None when it has not, or not any more."""
    row = await connection.fetchrow(FIND_ACCOUNT_MEDIA, account_id, media_id)
    return None if row is None else AccountMedia(**dict(row))


KEEP_ACCOUNT_MEDIA = """
INSERT INTO account_media (account_id, media_id, file_id, access_hash, file_reference)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, media_id) DO UPDATE SET
    file_id = excluded.file_id, access_hash = excluded.access_hash,
    file_reference = excluded.file_reference, uploaded_at = now()
"""


async def keep_media(connection: Connection, account_id: int, media: AccountMedia) -> None:
    await connection.execute(
        KEEP_ACCOUNT_MEDIA,
        account_id,
        media.media_id,
        media.file_id,
        media.access_hash,
        media.file_reference,
    )


FORGET_ACCOUNT_MEDIA = "DELETE FROM account_media WHERE account_id = $1 AND media_id = $2"


async def forget_media(connection: Connection, account_id: int, media_id: int) -> None:
    """The file reference went stale: the file is uploaded anew."""
    await connection.execute(FORGET_ACCOUNT_MEDIA, account_id, media_id)
