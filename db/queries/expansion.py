"""Expansion: writes the deliveries of a campaign chunk by chunk, before any is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from db.models.draft import TEST_MESSAGES
from db.models.operation import ACTIVE

if TYPE_CHECKING:
    from db.pool import Connection

CHUNK = 5_000  # members a transaction looks at: some 50 ms


class Chunk(NamedTuple):
    """The result of a chunk: the campaign's deliveries so far and the members it looked at.

    `last`: nothing is left to do, since the campaign is expanded or has ended.
    """

    total: int
    looked: int
    last: bool


EXPAND_CAMPAIGN = """
WITH campaign AS MATERIALIZED (                 -- locked: chunks come one after another
    SELECT id, mode, total, expansion_cursor AS cursor FROM campaigns
    WHERE id = $1 AND expanded_at IS NULL AND status NOT IN ('finished', 'cancelled')
    FOR NO KEY UPDATE
), looked AS MATERIALIZED (                     -- the next members, each list from where it was
    SELECT members.contact_list_id, members.pos, members.contact_id
    FROM campaign CROSS JOIN campaign_contact_lists AS lists CROSS JOIN LATERAL (
        SELECT contact_list_id, pos, contact_id FROM contact_list_members
        WHERE contact_list_members.contact_list_id = lists.contact_list_id
          AND (pos, contact_id) > (
              CASE lists.contact_list_id WHEN cursor[1] THEN cursor[2] ELSE -1 END,
              CASE lists.contact_list_id WHEN cursor[1] THEN cursor[3] ELSE 0 END)
        ORDER BY pos, contact_id LIMIT $2
    ) AS members
    WHERE lists.campaign_id = $1 AND NOT excluded AND lists.contact_list_id >= cursor[1]
    ORDER BY 1, 2, 3 LIMIT $2
), added AS (
    INSERT INTO deliveries (campaign_id, contact_id, contact_list_id, pos)
    SELECT $1, contact_id, contact_list_id,
        total + row_number() OVER (ORDER BY contact_list_id, pos, contact_id)
    FROM campaign CROSS JOIN looked
    WHERE NOT EXISTS (                          -- of an earlier list, or excluded
        SELECT FROM campaign_contact_lists AS others JOIN contact_list_members AS again
            ON again.contact_list_id = others.contact_list_id
        WHERE others.campaign_id = $1 AND again.contact_id = looked.contact_id
          AND (excluded OR others.contact_list_id < looked.contact_list_id))
    ORDER BY contact_list_id, pos, contact_id
    LIMIT CASE (SELECT mode FROM campaign) WHEN 'test' THEN
        $3::integer - (SELECT total FROM campaign) END
    RETURNING id
), counted AS (
    SELECT (SELECT count(*) FROM added) AS added, count(*) AS looked FROM looked
)
UPDATE campaigns SET
    total = campaign.total + added,
    expansion_cursor = coalesce((
        SELECT ARRAY[contact_list_id, pos, contact_id] FROM looked ORDER BY 1 DESC LIMIT 1
    ), cursor),
    expanded_at = CASE
        WHEN looked < $2 OR campaign.mode = 'test' AND campaign.total + added >= $3
        THEN clock_timestamp() END
FROM campaign, counted
WHERE campaigns.id = campaign.id
RETURNING campaigns.total, looked, expanded_at IS NOT NULL AS last
"""
GET_TOTAL = "SELECT total FROM campaigns WHERE id = $1"


async def expand(connection: Connection, campaign_id: int, limit: int = CHUNK) -> Chunk:
    """Write a row for each of the next `limit` members of the campaign's lists.

    The order is the lists' and, in a list, the file's. Each contact gets one row, however many
    lists it is in, and none when it is in an excluded list. Suppressed contacts get a row too: the
    claim skips it, so that the report adds up. How far it has come is in the campaign's row, which
    is locked: whichever process expands next goes on there. After the last chunk nothing changes.
    """
    row = await connection.fetchrow(EXPAND_CAMPAIGN, campaign_id, limit, TEST_MESSAGES)
    if row is None:
        return Chunk(await connection.fetchval(GET_TOTAL, campaign_id), 0, last=True)
    return Chunk(**dict(row))


COUNT_MEMBERS_OF_CAMPAIGN = """
SELECT coalesce(sum(size), 0)::integer FROM campaign_contact_lists
JOIN contact_lists ON contact_lists.id = contact_list_id
WHERE campaign_id = $1 AND NOT excluded
"""


async def count_members(connection: Connection, campaign_id: int) -> int:
    """Return how many members an expansion looks at; a contact in two lists counts twice."""
    count: int = await connection.fetchval(COUNT_MEMBERS_OF_CAMPAIGN, campaign_id)
    return count


QUEUE_EXPANSIONS = """
INSERT INTO operations (kind, subject_id, total)
SELECT 'expansion', campaigns.id, (
    SELECT sum(size) FROM campaign_contact_lists JOIN contact_lists
        ON contact_lists.id = contact_list_id
    WHERE campaign_id = campaigns.id AND NOT excluded)
FROM campaigns
WHERE campaigns.status = 'running' AND expanded_at IS NULL AND NOT EXISTS (
    SELECT FROM operations WHERE kind = 'expansion' AND subject_id = campaigns.id
      AND operations.status = ANY($1))
ON CONFLICT DO NOTHING
"""


async def queue_missing(connection: Connection) -> None:
    """Queue an expansion for each campaign that runs, is not expanded and has none under way."""
    await connection.execute(QUEUE_EXPANSIONS, ACTIVE)
