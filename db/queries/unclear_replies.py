"""Rows of unclear_replies: replies that may be opt-outs, until an admin decides.

A person has at most one open row. Until it is decided their identities are suppressed with the
reason UNCLEAR_REPLY (db.queries.suppressions), which the caller writes in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.errors import NotFound
from db.models.reply import ClaimedReply, OutdatedQuestion, UnclearReply

if TYPE_CHECKING:
    from db.pool import Connection

ADD_UNCLEAR_REPLY = """
INSERT INTO unclear_replies (peer_id, account_id, text, message_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (peer_id) WHERE decided_at IS NULL DO NOTHING RETURNING id
"""


async def add(
    connection: Connection, peer_id: int, account_id: int, text: str, message_id: int | None = None
) -> bool:
    """Open a question to the admins; return False when one about this person is open already.

    `message_id` is that of the reply, which may be edited: see `revise`.
    """
    values = (peer_id, account_id, text, message_id)
    return await connection.fetchval(ADD_UNCLEAR_REPLY, *values) is not None


REVISE_UNCLEAR_REPLY = """
UPDATE unclear_replies SET text = $4
WHERE peer_id = $1 AND account_id = $2 AND message_id = $3 AND decided_at IS NULL AND text <> $4
"""


async def revise(connection: Connection, reply: ClaimedReply) -> None:
    """Give the open question about this very message the text that it has now, if any is open."""
    values = (reply.peer_id, reply.account_id, reply.message_id, reply.text)
    await connection.execute(REVISE_UNCLEAR_REPLY, *values)


PAGE_UNNOTIFIED_REPLIES = """
SELECT id FROM unclear_replies
WHERE notified_at IS NULL AND decided_at IS NULL ORDER BY id LIMIT 20
"""


async def page_unnotified(connection: Connection) -> list[int]:
    """Return the ids of up to 20 open replies without notices to the admins, oldest first."""
    return [row["id"] for row in await connection.fetch(PAGE_UNNOTIFIED_REPLIES)]


MARK_REPLY_NOTIFIED = "UPDATE unclear_replies SET notified_at = now() WHERE id = $1"


async def mark_notified(connection: Connection, reply_id: int) -> None:
    """Record that the notices of this reply are written."""
    await connection.execute(MARK_REPLY_NOTIFIED, reply_id)


SAVE_QUESTION = """
INSERT INTO unclear_reply_questions (reply_id, admin_id, message_id, text) VALUES ($1, $2, $3, $4)
ON CONFLICT (reply_id, admin_id) DO UPDATE SET
    message_id = excluded.message_id, text = excluded.text
"""


async def save_question(
    connection: Connection, reply_id: int, admin_id: int, message_id: int, text: str
) -> None:
    """Record which message of the bot asks this admin, and the text of the reply that it shows."""
    await connection.execute(SAVE_QUESTION, reply_id, admin_id, message_id, text)


FIND_OUTDATED_QUESTIONS = """
SELECT reply_id, admin_id, unclear_reply_questions.message_id
FROM unclear_replies JOIN unclear_reply_questions ON reply_id = unclear_replies.id
WHERE decided_at IS NULL AND unclear_reply_questions.text <> unclear_replies.text
ORDER BY admin_id, reply_id
"""


async def find_outdated_questions(connection: Connection) -> list[OutdatedQuestion]:
    """Return the questions whose reply was edited since, of replies that are not decided."""
    rows = await connection.fetch(FIND_OUTDATED_QUESTIONS)
    return [OutdatedQuestion(**dict(row)) for row in rows]


GET_UNCLEAR_REPLY = """
SELECT unclear_replies.id, peer_id, account_id, text, stops, person.name, person.username,
    person.phone
FROM unclear_replies LEFT JOIN LATERAL (
    SELECT max(username) AS username, max(phone) AS phone,
           max(nullif(btrim(members.fields ->> 'name'), '')) AS name
    FROM contacts LEFT JOIN contact_list_members AS members ON members.contact_id = contacts.id
    WHERE contacts.user_id = unclear_replies.peer_id OR contacts.person_id = (
        SELECT id FROM persons WHERE kind = 'user' AND persons.peer_id = unclear_replies.peer_id)
) AS person ON true
WHERE unclear_replies.id = $1
"""


async def get(connection: Connection, reply_id: int) -> UnclearReply:
    """Return the reply with what is known of its author; NotFound when there is none."""
    if (row := await connection.fetchrow(GET_UNCLEAR_REPLY, reply_id)) is None:
        raise NotFound("unclear_reply", reply_id)
    return UnclearReply(**dict(row))


DECIDE_UNCLEAR_REPLY = """
UPDATE unclear_replies SET decided_at = now(), decided_by = $2, stops = $3
WHERE id = $1 AND decided_at IS NULL RETURNING id
"""


async def decide(connection: Connection, reply_id: int, admin_id: int, *, stops: bool) -> bool:
    """Record the decision of an admin; return False when one was recorded before.

    `stops`: the reply is an opt-out. The caller changes the suppressions in the same transaction.
    """
    return await connection.fetchval(DECIDE_UNCLEAR_REPLY, reply_id, admin_id, stops) is not None


CLOSE_UNCLEAR_REPLY = """
UPDATE unclear_replies SET decided_at = now(), stops = true
WHERE peer_id = $1 AND decided_at IS NULL
"""


async def close(connection: Connection, peer_id: int) -> None:
    """Decide the open reply of this person, if any, as an opt-out that they have made clear."""
    await connection.execute(CLOSE_UNCLEAR_REPLY, peer_id)


FIND_HARMLESS = """
SELECT peer_id, text FROM unclear_replies WHERE peer_id = ANY($1) AND NOT stops
"""


async def find_harmless(connection: Connection, peer_ids: list[int]) -> set[tuple[int, str]]:
    """Return (Telegram id, text) of what these people said and an admin decided is no opt-out."""
    rows = await connection.fetch(FIND_HARMLESS, peer_ids)
    return {(row["peer_id"], row["text"]) for row in rows}
