"""The column `proof` of contact_list_members: by which message a member wrote to an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from db.models.contact_list import Proof

if TYPE_CHECKING:
    from db.pool import Connection

SAVE_PROOFS = """
UPDATE contact_list_members SET proof = jsonb_build_object(
    'account_id', $2::bigint, 'peer_id', peer_id, 'message_id', message_id, 'said_at', said_at)
FROM unnest($3::bigint[], $4::bigint[], $5::timestamptz[]) AS given (peer_id, message_id, said_at)
JOIN contacts ON contacts.key = 'id:' || peer_id
WHERE contact_list_id = $1 AND contact_id = contacts.id
"""


async def save(
    connection: Connection, contact_list_id: int, account_id: int, proofs: Sequence[Proof]
) -> None:
    """Store the proofs of members who wrote to this account, by their Telegram ids."""
    await connection.execute(
        SAVE_PROOFS,
        contact_list_id,
        account_id,
        [one.peer_id for one in proofs],
        [one.message_id for one in proofs],
        [one.said_at for one in proofs],
    )


PAGE_PROOFS = """
SELECT proof, fields ->> 'name' AS name FROM contact_list_members
WHERE contact_list_id = $1 AND proof IS NOT NULL ORDER BY pos
"""


async def page(connection: Connection, contact_list_id: int) -> list[tuple[Proof, str]]:
    """Return the proof of each member with the name that they showed, in the list's order."""
    rows = await connection.fetch(PAGE_PROOFS, contact_list_id)
    return [(_proof(row["proof"]), row["name"] or "") for row in rows]


FIND_GATHERED = """
SELECT (proof ->> 'peer_id')::bigint AS peer_id FROM contact_list_members
WHERE contact_list_id = $1 AND contact_id = ANY(ARRAY(
    SELECT id FROM contacts WHERE key = ANY($2)))
"""


async def find_gathered(
    connection: Connection, contact_list_id: int, user_ids: Sequence[int]
) -> set[int]:
    """Return those of the users who are members of the list already."""
    keys = [f"id:{user_id}" for user_id in user_ids]
    rows = await connection.fetch(FIND_GATHERED, contact_list_id, keys)
    return {row["peer_id"] for row in rows}


def _proof(stored: dict[str, str | int]) -> Proof:
    said_at = datetime.fromisoformat(str(stored["said_at"]))
    account_id, peer_id = int(stored["account_id"]), int(stored["peer_id"])
    return Proof(account_id, peer_id, int(stored["message_id"]), said_at)
