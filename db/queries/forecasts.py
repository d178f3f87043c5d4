"""Whom a campaign has yet to write to, by kind: what forecasts are made from.

A draft's people are counted whole; of a large audience, every n-th. Of a campaign under way a
bounded number of rows is read, however large it is: the first pending rows of each of STRETCHES
parts of its order, which stand for their part, and the first of those that wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.models.forecast import Cause, Crowd, People, Waiters

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

STRETCHES = 20  # parts of a campaign's order
SAMPLE = 50  # rows that stand for a part
MOST_WAITING = 1_000  # rows that stand for all that wait
MOST_OF_DRAFT = 200_000  # contacts that stand for all of a draft


def _crowd_of(picked: str) -> str:
    """Return the statement that counts the contacts of the query `picked` by kind.

    Those on the stop list and those that cannot be reached are left out. The frequency cap counts
    the campaigns and the deliveries that the freeze would count (db.queries.freezes).
    """
    statement = """
WITH rivals AS MATERIALIZED (
    SELECT others.id, others.name, others.status = 'running' AS runs,
        make_interval(hours => mine.frequency_hours) AS apart
    FROM campaigns AS mine JOIN campaigns AS others
        ON others.id <> mine.id AND others.mode = 'live' AND others.started_at IS NOT NULL
       AND coalesce(others.finished_at, 'infinity')
            > now() - make_interval(hours => mine.frequency_hours)
    WHERE mine.id = $1 AND mine.mode = 'live'
), picked AS MATERIALIZED (
    -- picked
)
SELECT stretch, known_to, looked_up, wait.cause, reached_by, min(due) AS first_due_at,
    max(due) AS due_at, sum(weight)::float AS people
FROM picked CROSS JOIN LATERAL (                -- OFFSET 0: a look-up by key for each row
    SELECT person_id, user_id, phone IS NOT NULL OR username IS NOT NULL AS named FROM contacts
    WHERE contacts.id = picked.contact_id AND unreachable_reason IS NULL
      AND NOT EXISTS (SELECT FROM suppressions WHERE identity_hash = ANY(identity_hashes))
      AND NOT EXISTS (SELECT FROM persons WHERE persons.id = contacts.person_id
                        AND persons.unreachable_reason IS NOT NULL) OFFSET 0
) AS contact CROSS JOIN LATERAL (
    SELECT ARRAY(
        SELECT account_id FROM peers
        WHERE peers.person_id = contact.person_id AND account_id = ANY($2)
          AND (talked_at IS NOT NULL OR wrote_at IS NOT NULL) ORDER BY account_id
    ) AS known_to, named AND NOT EXISTS (
        SELECT FROM peers WHERE peers.person_id = contact.person_id AND account_id = ANY($2)
    ) AND NOT EXISTS (
        SELECT FROM entities WHERE entity_id = contact.user_id AND account_id = ANY($2)
    ) AS looked_up
) AS kind LEFT JOIN LATERAL (
    SELECT rivals.name, CASE WHEN settled_at IS NULL THEN now() + apart
                        ELSE settled_at + apart END AS wait_until,
        CASE WHEN got.status = 'pending' AND got.first_attempt_at IS NULL THEN 'shared'
             ELSE 'reached' END AS cause
    FROM rivals JOIN deliveries AS got ON got.campaign_id = rivals.id AND (
        got.person_id = contact.person_id OR got.contact_id = ANY(ARRAY(
            SELECT picked.contact_id
            UNION SELECT id FROM contacts WHERE contacts.person_id = contact.person_id)))
    WHERE picked.due_at IS NULL AND CASE got.status
        WHEN 'sending' THEN true
        WHEN 'pending' THEN got.first_attempt_at IS NOT NULL
            OR runs AND coalesce(got.due_at <= now(), true)
        ELSE got.status IN ('sent', 'unknown') AND settled_at + apart > now() END
    ORDER BY cause, wait_until DESC LIMIT 1
) AS reached ON true CROSS JOIN LATERAL (
    SELECT coalesce(picked.due_at, wait_until) AS due,
        coalesce(picked.cause, reached.cause) AS cause, reached.name AS reached_by
) AS wait
GROUP BY stretch, known_to, looked_up, wait.cause, reached_by,
    date_bin('10 minutes', due, 'epoch') ORDER BY stretch
"""
    return statement.replace("-- picked", picked)


COUNT_DRAFT = _crowd_of(
    """
    SELECT contact_id, $3::bigint AS weight, NULL::timestamptz AS due_at, NULL::text AS cause,
        ntile($4::integer) OVER (ORDER BY contact_list_id, pos) AS stretch
    FROM (
        SELECT DISTINCT ON (contact_id) contact_id, contact_list_id, pos
        FROM contact_list_members JOIN campaign_contact_lists USING (contact_list_id)
        WHERE campaign_id = $1 AND NOT excluded AND contact_id % $3 = 0
        ORDER BY contact_id, contact_list_id
    ) AS chosen
    WHERE contact_id NOT IN (
        SELECT contact_id
        FROM contact_list_members JOIN campaign_contact_lists USING (contact_list_id)
        WHERE campaign_id = $1 AND excluded AND contact_id % $3 = 0)
    """
)


async def count_draft(
    connection: Connection, campaign_id: int, account_ids: Sequence[int], people: int
) -> Crowd:
    """Count whom the draft would write to from these accounts. It has about `people` contacts."""
    nth = max(1, -(-people // MOST_OF_DRAFT))
    rows = await connection.fetch(COUNT_DRAFT, campaign_id, list(account_ids), nth, STRETCHES)
    return _crowd(rows, people)


COUNT_LEFT = _crowd_of(
    """
    SELECT contact_id, CASE WHEN found < $4 THEN 1
        ELSE (until - since)::numeric / (last - since) END AS weight,
        NULL::timestamptz AS due_at, NULL::text AS cause, stretch
    FROM (
        SELECT stretch, since, until, contact_id, count(*) OVER of_stretch AS found,
            max(pos) OVER of_stretch AS last
        FROM (
            SELECT stretch, claimed_pos + (total - claimed_pos) * (stretch - 1) / $3 AS since,
                claimed_pos + (total - claimed_pos) * stretch / $3 AS until
            FROM campaigns, generate_series(1, $3::bigint) AS stretch
            WHERE id = $1
        ) AS parts CROSS JOIN LATERAL (
            SELECT contact_id, pos FROM deliveries
            WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NULL
              AND pos > since AND pos <= until ORDER BY pos LIMIT $4
        ) AS first_rows WINDOW of_stretch AS (PARTITION BY stretch)
    ) AS fresh
    UNION ALL SELECT * FROM (
        SELECT contact_id, 1, due_at, CASE reason WHEN 'frequency' THEN 'reached'
            ELSE 'deferred' END, 0
        FROM deliveries WHERE campaign_id = $1 AND status = 'pending' AND due_at IS NOT NULL
        ORDER BY due_at LIMIT $5
    ) AS later
    """
)


async def count_left(
    connection: Connection, campaign_id: int, account_ids: Sequence[int], pending: int
) -> Crowd:
    """Count whom a campaign under way has yet to write to; `pending` is what its counters say."""
    ids = list(account_ids)
    args = campaign_id, ids, STRETCHES, SAMPLE, MOST_WAITING
    return _crowd(await connection.fetch(COUNT_LEFT, *args), pending)


def _crowd(rows: Sequence[asyncpg.Record], total: int) -> Crowd:
    """Return the crowd of these rows. If those that wait were too many to be read, they are scaled.

    They are then `total` less the others.
    """
    stretches: defaultdict[int, list[asyncpg.Record]] = defaultdict(list)
    later: list[asyncpg.Record] = []
    for row in rows:
        if row["cause"] is None:
            stretches[row["stretch"]].append(row)
        else:
            later.append(row)
    waiting = sum(row["people"] for row in later if row["stretch"] == 0)
    scale = 1.0
    if waiting >= MOST_WAITING:
        others = sum(row["people"] for row in rows) - waiting
        scale = max(1.0, (total - others) / waiting)
    waiters = (
        Waiters(
            row["due_at"],
            _people([row], scale if row["stretch"] == 0 else 1.0),
            Cause(row["cause"]),
            row["reached_by"] or "",
            row["first_due_at"],
        )
        for row in later
    )
    return Crowd(tuple(_people(stretches[key]) for key in sorted(stretches)), tuple(waiters))


def _people(rows: Sequence[asyncpg.Record], scale: float = 1.0) -> People:
    strangers = lookups = 0.0
    known: defaultdict[frozenset[int], float] = defaultdict(float)
    for row in rows:
        people = row["people"] * scale
        if row["known_to"]:
            known[frozenset(row["known_to"])] += people
        else:
            strangers += people
            lookups += people if row["looked_up"] else 0
    return People(round(strangers), round(lookups), {who: round(n) for who, n in known.items()})
