"""Rows of drafts: what a campaign is built of, and whom it would reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.campaign import (
    FREQUENCY_HOURS,
    QUIET_NIGHT,
    CampaignStatus,
    Mode,
    QuietHours,
)
from db.models.draft import Audience
from db.models.errors import Conflict, NotFound
from db.models.rate import Rate

if TYPE_CHECKING:
    from db.pool import Connection

ADD_DRAFT = """
INSERT INTO campaigns (name, created_by, zone, quiet_from, quiet_until, frequency_hours)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""


async def add(connection: Connection, name: str, created_by: int, zone: str = "UTC") -> int:
    """Add a draft with quiet nights in `zone` and the daily frequency cap; return its id."""
    campaign_id: int = await connection.fetchval(
        ADD_DRAFT, name, created_by, zone, QUIET_NIGHT.since, QUIET_NIGHT.until, FREQUENCY_HOURS
    )
    return campaign_id


LOCK_DRAFT = "SELECT status, created_by FROM campaigns WHERE id = $1 FOR UPDATE"


async def lock(connection: Connection, campaign_id: int) -> int:
    """Lock the draft until the transaction ends; return the id of its creator.

    Every change of a draft begins with this. NotFound when there is none, Conflict when it is a
    draft no more.
    """
    row = await connection.fetchrow(LOCK_DRAFT, campaign_id)
    if row is None:
        raise NotFound("campaign", campaign_id)
    if row["status"] != CampaignStatus.DRAFT:
        raise Conflict("campaign", campaign_id, row["status"], "edit")
    created_by: int = row["created_by"]
    return created_by


PUT_LIST = """
INSERT INTO campaign_contact_lists (campaign_id, contact_list_id) VALUES ($1, $2)
ON CONFLICT (campaign_id, contact_list_id) DO UPDATE SET excluded = false
"""


async def put_list(connection: Connection, campaign_id: int, contact_list_id: int) -> None:
    """Add a list to the campaign."""
    await connection.execute(PUT_LIST, campaign_id, contact_list_id)


DROP_LIST = """
DELETE FROM campaign_contact_lists WHERE campaign_id = $1 AND contact_list_id = $2
"""


async def drop_list(connection: Connection, campaign_id: int, contact_list_id: int) -> None:
    await connection.execute(DROP_LIST, campaign_id, contact_list_id)


SET_TEMPLATE = "UPDATE campaigns SET template_id = $2 WHERE id = $1"


async def set_template(connection: Connection, campaign_id: int, template_id: int) -> None:
    await connection.execute(SET_TEMPLATE, campaign_id, template_id)


PUT_ACCOUNT = """
INSERT INTO campaign_accounts (campaign_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""


async def put_account(connection: Connection, campaign_id: int, account_id: int) -> None:
    """Add an account to the campaign."""
    await connection.execute(PUT_ACCOUNT, campaign_id, account_id)


DROP_ACCOUNT = "DELETE FROM campaign_accounts WHERE campaign_id = $1 AND account_id = $2"


async def drop_account(connection: Connection, campaign_id: int, account_id: int) -> None:
    await connection.execute(DROP_ACCOUNT, campaign_id, account_id)


SET_RATE = "UPDATE campaigns SET rate_count = $2, rate_seconds = $3 WHERE id = $1"


async def set_rate(connection: Connection, campaign_id: int, rate: Rate) -> None:
    await connection.execute(SET_RATE, campaign_id, rate.count, rate.seconds)


SET_MODE = "UPDATE campaigns SET mode = $2 WHERE id = $1"


async def set_mode(connection: Connection, campaign_id: int, mode: Mode) -> None:
    await connection.execute(SET_MODE, campaign_id, mode)


SET_QUIET_HOURS = "UPDATE campaigns SET quiet_from = $2, quiet_until = $3 WHERE id = $1"


async def set_quiet_hours(
    connection: Connection, campaign_id: int, quiet: QuietHours | None
) -> None:
    since, until = (quiet.since, quiet.until) if quiet else (None, None)
    await connection.execute(SET_QUIET_HOURS, campaign_id, since, until)


SET_FREQUENCY = "UPDATE campaigns SET frequency_hours = $2, frequency_skips = $3 WHERE id = $1"


async def set_frequency(
    connection: Connection, campaign_id: int, hours: int | None, *, skips: bool
) -> None:
    """Set the frequency cap (None: none), and whether it skips people or lets them wait."""
    await connection.execute(SET_FREQUENCY, campaign_id, hours, skips)


DELETE_DRAFT = "DELETE FROM campaigns WHERE id = $1 AND status = 'draft'"


async def delete(connection: Connection, campaign_id: int) -> None:
    """Delete a draft that `lock` holds. Nothing was sent, so nothing of it is kept."""
    await connection.execute(DELETE_DRAFT, campaign_id)


GET_CHOSEN = """
SELECT
    ARRAY(SELECT contact_list_id FROM campaign_contact_lists
          WHERE campaign_id = $1 AND NOT excluded) AS contact_lists,
    ARRAY(SELECT account_id FROM campaign_accounts WHERE campaign_id = $1) AS accounts
"""


async def get_chosen(
    connection: Connection, campaign_id: int
) -> tuple[frozenset[int], frozenset[int]]:
    """Return (ids of the contact lists, ids of the accounts) of the campaign."""
    row = await connection.fetchrow(GET_CHOSEN, campaign_id)
    assert row is not None
    return frozenset(row["contact_lists"]), frozenset(row["accounts"])


COUNT_PEOPLE = """
SELECT count(*) AS people, count(*) FILTER (WHERE suppressed) AS suppressed,
    count(*) FILTER (WHERE unreachable_reason IS NOT NULL AND NOT suppressed) AS unreachable
FROM contacts c CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM suppressions WHERE identity_hash = ANY (c.identity_hashes)
    ) AS suppressed
) AS bar
WHERE c.id IN (
    SELECT contact_id FROM contact_list_members JOIN campaign_contact_lists USING (contact_list_id)
    WHERE campaign_id = $1 AND NOT excluded
) AND c.id NOT IN (
    SELECT contact_id FROM contact_list_members JOIN campaign_contact_lists USING (contact_list_id)
    WHERE campaign_id = $1 AND excluded
)
"""


async def count_people(connection: Connection, campaign_id: int) -> Audience:
    """Count the contacts of the lists, each once."""
    row = await connection.fetchrow(COUNT_PEOPLE, campaign_id)
    assert row is not None
    return Audience(**dict(row))


HAS_PEOPLE = """
SELECT EXISTS (
    SELECT FROM campaign_contact_lists AS lists CROSS JOIN LATERAL (
        SELECT contact_id FROM contact_list_members
        WHERE contact_list_members.contact_list_id = lists.contact_list_id
        ORDER BY pos OFFSET 0                   -- by the index: other lists may be large
    ) AS members JOIN contacts ON contacts.id = members.contact_id
    WHERE lists.campaign_id = $1 AND NOT excluded AND unreachable_reason IS NULL
      AND NOT EXISTS (
          SELECT FROM suppressions WHERE identity_hash = ANY (contacts.identity_hashes))
      AND NOT EXISTS (
          SELECT FROM campaign_contact_lists AS others
          JOIN contact_list_members AS again USING (contact_list_id)
          WHERE others.campaign_id = $1 AND others.excluded
            AND again.contact_id = members.contact_id))
"""


async def has_people(connection: Connection, campaign_id: int) -> bool:
    """Return whether a contact of the lists may be written to, without counting all of them."""
    found: bool = await connection.fetchval(HAS_PEOPLE, campaign_id)
    return found


COUNT_EMPTY = """
WITH people AS (
    SELECT DISTINCT ON (contact_id) fields
    FROM contact_list_members JOIN campaign_contact_lists USING (contact_list_id)
    WHERE campaign_id = $1 AND NOT excluded
    ORDER BY contact_id, contact_list_id
)
SELECT field, count(*) AS people FROM people, unnest($2::text[]) AS field
WHERE coalesce(btrim(people.fields ->> field), '') = ''
GROUP BY field
"""


async def count_empty(
    connection: Connection, campaign_id: int, fields: list[str]
) -> dict[str, int]:
    """Return the fields that are empty for contacts of the campaign, with their number."""
    rows = await connection.fetch(COUNT_EMPTY, campaign_id, fields)
    return {row["field"]: row["people"] for row in rows}
