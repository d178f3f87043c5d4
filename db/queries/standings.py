"""The standing of a campaign, read in one statement: a far database costs one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.account import Account, AccountMedia
from db.models.caps import Budget
from db.models.standing import Standing

if TYPE_CHECKING:
    from db.pool import Connection

FIND_STANDING = """
SELECT accounts.*, caps.*, now AS at, now, recent,
    files.media_id, media.kind, file_id, access_hash, file_reference,
    CASE WHEN mode = 'live' THEN quiet_end(zone, quiet_from, quiet_until, now) END AS quiet_end
FROM (SELECT *, clock_timestamp() AS now FROM campaigns WHERE id = $1) AS campaign
LEFT JOIN campaign_accounts ON campaign_id = campaign.id
LEFT JOIN accounts ON accounts.id = campaign_accounts.account_id
LEFT JOIN LATERAL (
    SELECT account_id, per_minute, per_day, first_per_day, first_apart_seconds, lookups_per_day,
        lookup_apart_seconds, greatest(next_slot_at, now) AS next_slot_at,
        greatest(next_first_at, limited_until, now) AS next_first_at,
        limited_until > now AS limited,
        CASE WHEN day >= today THEN messages_today ELSE 0 END AS messages_today,
        CASE WHEN day >= today THEN first_today ELSE 0 END AS first_today,
        CASE WHEN day >= today THEN lookups_today ELSE 0 END AS lookups_today,
        greatest(next_lookup_at, now) AS next_lookup_at, xmin::text::bigint AS version,
        (SELECT count(*) FROM unnest(flooded_at) AS at WHERE at > now - interval '1 hour')
            AS floods
    FROM account_caps, LATERAL (SELECT (now AT TIME ZONE zone)::date AS today) AS clock
    WHERE account_id = accounts.id
) AS caps ON true
LEFT JOIN templates ON templates.id = template_id
LEFT JOIN account_media AS files
    ON files.account_id = accounts.id AND files.media_id = templates.media_id
LEFT JOIN media ON media.id = files.media_id
ORDER BY accounts.id
"""


async def get(connection: Connection, campaign_id: int) -> Standing:
    """Return the standing of the campaign, which must exist."""
    rows = await connection.fetch(FIND_STANDING, campaign_id)
    of_accounts = [row for row in rows if row["id"] is not None]
    return Standing(
        now=rows[0]["now"],
        recent=rows[0]["recent"],
        quiet_end=rows[0]["quiet_end"],
        accounts=tuple(Account.of(dict(row)) for row in of_accounts),
        budgets={row["id"]: Budget.of(dict(row)) for row in of_accounts},
        files={
            row["id"]: AccountMedia(**{name: row[name] for name in AccountMedia.__slots__})
            for row in of_accounts
            if row["media_id"] is not None
        },
    )
