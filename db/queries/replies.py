"""Rows of replies and reads: what accounts receive.

The listener adds rows as they come. The inbox acts on each reply once, and counts each reply and
each read once for the campaigns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.models.reply import ClaimedReply, Reply

if TYPE_CHECKING:
    from db.pool import Connection

ADD_REPLIES = """
INSERT INTO replies (account_id, peer_id, message_id, text, said_at, edited_at)
SELECT DISTINCT ON (message_id) $1::bigint, given.* FROM unnest(
    $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[]) AS given
    (peer_id, message_id, text, said_at, edited_at)
WHERE EXISTS (SELECT FROM contact_users WHERE user_id = given.peer_id)
  AND (NOT $7 OR EXISTS (SELECT FROM replies AS stored
       WHERE stored.account_id = $1 AND stored.message_id = given.message_id))
ORDER BY message_id, edited_at DESC NULLS LAST
ON CONFLICT (account_id, message_id) DO UPDATE SET
    text = excluded.text, edited_at = excluded.edited_at,
    handled_at = CASE WHEN replies.text = excluded.text THEN replies.handled_at END
WHERE (replies.text, replies.edited_at) IS DISTINCT FROM (excluded.text, excluded.edited_at)
  AND coalesce(replies.edited_at, '-infinity') <= coalesce(excluded.edited_at, '-infinity')
"""


async def add(
    connection: Connection, account_id: int, replies: Sequence[Reply], *, only_stored: bool = False
) -> None:
    """Add messages that this account received, as they are after their latest edit.

    A stored message gets the text of a later edit, and is unhandled again if its text changes; an
    earlier state of it is ignored. Of two edits in one second the one added last counts: Telegram's
    moments have whole seconds. With `only_stored` no row is added.

    Only messages of contacts are stored: other conversations of the account are private.
    """
    await connection.execute(
        ADD_REPLIES,
        account_id,
        [reply.peer_id for reply in replies],
        [reply.message_id for reply in replies],
        [reply.text for reply in replies],
        [reply.said_at for reply in replies],
        [reply.edited_at for reply in replies],
        only_stored,
    )


FIND_SAID_SINCE = "SELECT message_id FROM replies WHERE account_id = $1 AND said_at >= $2"


async def find_said_since(connection: Connection, account_id: int, since: datetime) -> list[int]:
    """Return the ids of the stored messages that this account received since then."""
    rows = await connection.fetch(FIND_SAID_SINCE, account_id, since)
    return [row["message_id"] for row in rows]


SAVE_READS = """
INSERT INTO reads (account_id, peer_id, max_id)
SELECT $1, given.* FROM unnest($2::bigint[], $3::bigint[]) AS given (peer_id, max_id)
WHERE EXISTS (SELECT FROM contact_users WHERE user_id = given.peer_id)
ON CONFLICT (account_id, peer_id) DO UPDATE SET max_id = excluded.max_id, changed_at = now()
WHERE reads.max_id < excluded.max_id
"""


async def save_reads(connection: Connection, account_id: int, read_up_to: dict[int, int]) -> None:
    """Store, by person, the last id of this account's messages that they have read.

    An id smaller than the stored one is ignored, and so are people who are not contacts.
    """
    await connection.execute(SAVE_READS, account_id, list(read_up_to), list(read_up_to.values()))


CLAIM_REPLY = """
SELECT account_id, peer_id, message_id, text FROM replies WHERE handled_at IS NULL
ORDER BY received_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def claim(connection: Connection) -> ClaimedReply | None:
    """Lock and return the oldest unhandled reply; None when there is none.

    The lock lasts until the caller's transaction ends. Replies that other transactions have locked
    are passed over.
    """
    row = await connection.fetchrow(CLAIM_REPLY)
    return None if row is None else ClaimedReply(**dict(row))


MARK_HANDLED = "UPDATE replies SET handled_at = now() WHERE account_id = $1 AND message_id = $2"


async def mark_handled(connection: Connection, account_id: int, message_id: int) -> None:
    """Mark a claimed reply as handled, in the transaction that acts on it."""
    await connection.execute(MARK_HANDLED, account_id, message_id)


COUNT_OPT_OUT = """
UPDATE campaigns SET opted_out = opted_out + 1 WHERE id = (
    SELECT campaign_id FROM deliveries WHERE status = 'sent' AND peer_id = $1
    ORDER BY settled_at DESC LIMIT 1)
RETURNING id
"""


async def count_opt_out(connection: Connection, peer_id: int) -> int | None:
    """Count an opt-out for the campaign that wrote to this person last.

    Return the campaign's id; None when no campaign has written to them.
    """
    campaign_id: int | None = await connection.fetchval(COUNT_OPT_OUT, peer_id)
    return campaign_id


COUNT_ANSWERS = """
WITH due AS (
    SELECT account_id, peer_id, message_id FROM replies
    WHERE counted_at IS NULL AND received_at < clock_timestamp() - $1::interval
    LIMIT 500 FOR UPDATE SKIP LOCKED
), marked AS (
    UPDATE replies SET counted_at = now() FROM due
    WHERE replies.account_id = due.account_id AND replies.message_id = due.message_id
), answered AS (
    UPDATE deliveries SET answered_at = now()
    WHERE answered_at IS NULL AND id IN (
        SELECT (SELECT id FROM deliveries AS d
                WHERE d.status = 'sent' AND d.peer_id = due.peer_id
                  AND d.account_id = due.account_id AND d.message_id < due.message_id
                ORDER BY d.message_id DESC LIMIT 1)
        FROM due)
    RETURNING campaign_id
)
UPDATE campaigns SET answered = answered + more.n
FROM (SELECT campaign_id, count(*) AS n FROM answered GROUP BY 1) AS more
WHERE campaigns.id = more.campaign_id
"""


async def count_answers(connection: Connection, settle_time: timedelta) -> None:
    """Count up to 500 replies for the campaigns whose messages they follow.

    A person is counted once per campaign. Replies younger than `settle_time` are left for the next
    call, because the delivery that they answer may not be settled yet.
    """
    await connection.execute(COUNT_ANSWERS, settle_time)


COUNT_READS = """
WITH due AS (
    SELECT account_id, peer_id, max_id FROM reads
    WHERE counted_id < max_id AND changed_at < clock_timestamp() - $1::interval
    LIMIT 500 FOR UPDATE SKIP LOCKED
), marked AS (
    UPDATE reads SET counted_id = due.max_id FROM due
    WHERE reads.account_id = due.account_id AND reads.peer_id = due.peer_id
), seen AS (
    UPDATE deliveries SET seen_at = now() FROM due
    WHERE deliveries.status = 'sent' AND deliveries.peer_id = due.peer_id
      AND deliveries.account_id = due.account_id AND deliveries.message_id <= due.max_id
      AND seen_at IS NULL
    RETURNING campaign_id
)
UPDATE campaigns SET seen = seen + more.n
FROM (SELECT campaign_id, count(*) AS n FROM seen GROUP BY 1) AS more
WHERE campaigns.id = more.campaign_id
"""


async def count_reads(connection: Connection, settle_time: timedelta) -> None:
    """Count messages as seen for their campaigns, from up to 500 reads; see `count_answers`."""
    await connection.execute(COUNT_READS, settle_time)


FIND_SENT = """
SELECT message_id FROM deliveries
WHERE status = 'sent' AND peer_id = ANY($2) AND account_id = $1 AND message_id = ANY($3)
"""


async def find_sent(
    connection: Connection, account_id: int, peer_ids: list[int], message_ids: list[int]
) -> set[int]:
    """Return those of the message ids that campaigns have sent to these people."""
    rows = await connection.fetch(FIND_SENT, account_id, peer_ids, message_ids)
    return {row["message_id"] for row in rows}


FIND_CONTACTS = "SELECT DISTINCT user_id FROM contact_users WHERE user_id = ANY($1)"


async def find_contacts(connection: Connection, peer_ids: list[int]) -> set[int]:
    """Return those of the people, by Telegram id, who are contacts."""
    rows = await connection.fetch(FIND_CONTACTS, peer_ids)
    return {row["user_id"] for row in rows}


FIND_SUPPRESSED_IN_FLIGHT = """
SELECT deliveries.id FROM deliveries JOIN contacts ON contacts.id = contact_id
WHERE status = 'sending' AND first_attempt_at IS NOT NULL AND (EXISTS (
    SELECT FROM suppressions WHERE identity_hash = ANY(contacts.identity_hashes)
) OR EXISTS (
    SELECT FROM suppressions JOIN person_names USING (identity_hash)
    WHERE person_names.person_id = deliveries.person_id))
"""


async def find_suppressed_in_flight(connection: Connection) -> set[int]:
    """Return the ids of frozen deliveries in flight whose person is suppressed, by any name.

    They were frozen before the suppression, and may not have left yet.
    """
    rows = await connection.fetch(FIND_SUPPRESSED_IN_FLIGHT)
    return {row["id"] for row in rows}
