"""Rows of doubts (may we still write to them?) and of farewells (we do not any more)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.errors import NotFound
from db.models.reply import Doubt, Farewell

if TYPE_CHECKING:
    from db.pool import Connection

ADD_DOUBT = """
INSERT INTO doubts (peer_id, account_id, text) VALUES ($1, $2, $3)
ON CONFLICT (peer_id) WHERE decided_at IS NULL DO NOTHING RETURNING id
"""


async def add(connection: Connection, peer_id: int, account_id: int, text: str) -> bool:
    """Ask the admins what these words mean; False when they are asked about this person already."""
    return await connection.fetchval(ADD_DOUBT, peer_id, account_id, text) is not None


PAGE_UNTOLD_DOUBTS = """
SELECT doubts.id FROM doubts WHERE told_at IS NULL AND decided_at IS NULL ORDER BY id LIMIT 20
"""


async def page_untold(connection: Connection) -> list[int]:
    """The ids of questions that nobody was asked yet, oldest first."""
    return [row["id"] for row in await connection.fetch(PAGE_UNTOLD_DOUBTS)]


MARK_DOUBT_TOLD = "UPDATE doubts SET told_at = now() WHERE id = $1"


async def mark_told(connection: Connection, doubt_id: int) -> None:
    await connection.execute(MARK_DOUBT_TOLD, doubt_id)


GET_DOUBT = """
SELECT doubts.id, doubts.peer_id, doubts.account_id, doubts.text, doubts.stops,
        who.name, who.username, who.phone
FROM doubts LEFT JOIN LATERAL (
    SELECT max(username) AS username, max(phone) AS phone,
           max(nullif(btrim(members.fields ->> 'name'), '')) AS name
    FROM contacts LEFT JOIN contact_list_members AS members ON members.contact_id = contacts.id
    WHERE contacts.user_id = doubts.peer_id
) AS who ON true
WHERE doubts.id = $1
"""


async def get(connection: Connection, doubt_id: int) -> Doubt:
    """The question with what we know of the person; NotFound when there is none."""
    if (row := await connection.fetchrow(GET_DOUBT, doubt_id)) is None:
        raise NotFound("doubt", doubt_id)
    return Doubt(**dict(row))


DECIDE_DOUBT = """
UPDATE doubts SET decided_at = now(), decided_by = $2, stops = $3
WHERE id = $1 AND decided_at IS NULL RETURNING id
"""


async def decide(connection: Connection, doubt_id: int, admin_id: int, *, stops: bool) -> bool:
    """The admin's word; False when somebody has decided before."""
    return await connection.fetchval(DECIDE_DOUBT, doubt_id, admin_id, stops) is not None


CLOSE_DOUBTS = """
UPDATE doubts SET decided_at = now(), stops = true WHERE peer_id = $1 AND decided_at IS NULL
"""


async def close(connection: Connection, peer_id: int) -> None:
    """The person has said it clearly: there is nothing to ask any more."""
    await connection.execute(CLOSE_DOUBTS, peer_id)


ADD_FAREWELL = """
INSERT INTO farewells (peer_id, account_id, language) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""


async def add_farewell(
    connection: Connection, peer_id: int, account_id: int, language: str
) -> None:
    """Confirm an opt-out, once ever: another word of the same person changes nothing."""
    await connection.execute(ADD_FAREWELL, peer_id, account_id, language)


PAGE_DUE_FAREWELLS = """
SELECT peer_id, account_id, language, attempts FROM farewells
JOIN accounts ON accounts.id = account_id
WHERE done_at IS NULL AND due_at <= clock_timestamp() AND disabled_at IS NULL
  AND lost_at IS NULL AND held_at IS NULL AND coalesce(resting_until <= clock_timestamp(), true)
ORDER BY due_at LIMIT 20
"""


async def page_farewells(connection: Connection) -> list[Farewell]:
    """Confirmations that may be said now, by accounts that may speak."""
    return [Farewell(**dict(row)) for row in await connection.fetch(PAGE_DUE_FAREWELLS)]


POSTPONE_FAREWELL = """
UPDATE farewells SET attempts = attempts + 1, due_at = clock_timestamp() + $2::interval
WHERE peer_id = $1 AND done_at IS NULL
"""


async def postpone_farewell(connection: Connection, peer_id: int, wait: timedelta) -> None:
    """It is not known to have been said: the same random_id is asked again after `wait`."""
    await connection.execute(POSTPONE_FAREWELL, peer_id, wait)


END_FAREWELL = """
UPDATE farewells SET done_at = now(), message_id = $2, reason = $3
WHERE peer_id = $1 AND done_at IS NULL
"""


async def end_farewell(
    connection: Connection, peer_id: int, message_id: int | None, reason: str | None = None
) -> None:
    """It was said, or never will be for `reason`."""
    await connection.execute(END_FAREWELL, peer_id, message_id, reason)
