"""Rows of replies and reads: kept as they come, acted on afterwards, counted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.models.reply import Heard, Reply

if TYPE_CHECKING:
    from db.pool import Connection

ADD_REPLIES = """
INSERT INTO replies (account_id, peer_id, message_id, text, said_at)
SELECT $1, given.* FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[]) AS given
    (peer_id, message_id, text, said_at)
WHERE EXISTS (SELECT FROM contacts WHERE contacts.user_id = given.peer_id)
ON CONFLICT (account_id, message_id) DO NOTHING
"""


async def add(connection: Connection, account_id: int, heard: Sequence[Reply]) -> None:
    """Keep what people wrote to this account; twice is the same as once.

    Only from people who are contacts: the rest of the account's conversations is not ours.
    """
    await connection.execute(
        ADD_REPLIES,
        account_id,
        [reply.peer_id for reply in heard],
        [reply.message_id for reply in heard],
        [reply.text for reply in heard],
        [reply.said_at for reply in heard],
    )


KEEP_READS = """
INSERT INTO reads (account_id, peer_id, max_id)
SELECT $1, given.* FROM unnest($2::bigint[], $3::bigint[]) AS given (peer_id, max_id)
WHERE EXISTS (SELECT FROM contacts WHERE contacts.user_id = given.peer_id)
ON CONFLICT (account_id, peer_id) DO UPDATE SET max_id = excluded.max_id, changed_at = now()
WHERE reads.max_id < excluded.max_id
"""


async def keep_reads(connection: Connection, account_id: int, read_up_to: dict[int, int]) -> None:
    """`read_up_to` is, by person, the last id of this account's messages that they have seen."""
    await connection.execute(KEEP_READS, account_id, list(read_up_to), list(read_up_to.values()))


CLAIM_REPLY = """
SELECT account_id, peer_id, message_id, text FROM replies WHERE handled_at IS NULL
ORDER BY received_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def claim(connection: Connection) -> Heard | None:
    """The oldest reply that nobody has acted on, held until this transaction ends."""
    row = await connection.fetchrow(CLAIM_REPLY)
    return None if row is None else Heard(**dict(row))


MARK_HANDLED = "UPDATE replies SET handled_at = now() WHERE account_id = $1 AND message_id = $2"


async def mark_handled(connection: Connection, account_id: int, message_id: int) -> None:
    await connection.execute(MARK_HANDLED, account_id, message_id)


COUNT_OPT_OUT = """
UPDATE campaigns SET opted_out = opted_out + 1 WHERE id = (
    SELECT campaign_id FROM deliveries WHERE status = 'sent' AND peer_id = $1
    ORDER BY settled_at DESC LIMIT 1)
RETURNING id
"""


async def count_opt_out(connection: Connection, peer_id: int) -> int | None:
    """Charge an opt-out to the campaign that wrote to this person last; its id, if one did."""
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
    """Credit each reply to the message that it follows, once a person and campaign.

    Replies younger than `settle_time` wait: what they answer may not be settled yet.
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
    """Move the campaigns' numbers of messages that were read at least; see count_answers."""
    await connection.execute(COUNT_READS, settle_time)


FIND_SWEPT = "SELECT until FROM sweeps WHERE account_id = $1"


async def find_swept(connection: Connection, account_id: int) -> datetime | None:
    """Up to when this account's conversations were looked through, by Telegram's clock."""
    until: datetime | None = await connection.fetchval(FIND_SWEPT, account_id)
    return until


KEEP_SWEPT = """
INSERT INTO sweeps (account_id, until) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET until = greatest(sweeps.until, excluded.until)
"""


async def keep_swept(connection: Connection, account_id: int, until: datetime) -> None:
    await connection.execute(KEEP_SWEPT, account_id, until)


FIND_OWN = """
SELECT message_id FROM deliveries
WHERE status = 'sent' AND peer_id = ANY($2) AND account_id = $1 AND message_id = ANY($3)
"""


async def find_own(
    connection: Connection, account_id: int, peer_ids: list[int], message_ids: list[int]
) -> set[int]:
    """Those of this account's messages that campaigns have sent."""
    rows = await connection.fetch(FIND_OWN, account_id, peer_ids, message_ids)
    return {row["message_id"] for row in rows}


FIND_KNOWN_PEOPLE = "SELECT DISTINCT user_id FROM contacts WHERE user_id = ANY($1)"


async def find_known(connection: Connection, peer_ids: list[int]) -> set[int]:
    """Those of these people who are contacts."""
    rows = await connection.fetch(FIND_KNOWN_PEOPLE, peer_ids)
    return {row["user_id"] for row in rows}


FIND_BARRED_ON_THEIR_WAY = """
SELECT deliveries.id FROM deliveries JOIN contacts ON contacts.id = contact_id
WHERE status = 'sending' AND first_attempt_at IS NOT NULL AND EXISTS (
    SELECT FROM suppressions WHERE identity_hash = ANY(contacts.identity_hashes))
"""


async def find_barred_on_their_way(connection: Connection) -> set[int]:
    """Deliveries that were frozen before their person was barred and may not have left yet."""
    rows = await connection.fetch(FIND_BARRED_ON_THEIR_WAY)
    return {row["id"] for row in rows}
