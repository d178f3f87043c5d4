"""The rows of a history: campaigns, accounts and people, and time that passes at once.

Time passes by moving every moment in the rows into the past. Histories share a database and touch
their own rows only.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from db.pool import Connection

ADD_ACCOUNT = """
WITH account AS (
    INSERT INTO accounts (user_id, name, owner, lease_until, session_sealed)
    VALUES (10000 + nextval('claim_tokens'), 'Olga', 'main', 'infinity', '\\x00') RETURNING id
)
SELECT id FROM account
"""
CAP = """
UPDATE account_caps SET per_minute = $2, per_day = $3, first_per_day = $4, first_apart_seconds = $5,
    lookups_per_day = $6, lookup_apart_seconds = $7 WHERE account_id = $1
"""
ADD_CONTACT = """
INSERT INTO contacts (key, username, phone, identity_hashes)
VALUES ($1, $2, $3, ARRAY[sha256($1::text::bytea)]) RETURNING id
"""
ADD_CAMPAIGN = """
INSERT INTO campaigns (name, mode, template_id, created_by, status, started_at, expanded_at, total,
    rate_count, rate_seconds, frequency_hours, frequency_skips, quiet_from, quiet_until,
    zone)
VALUES ('C', $1, (SELECT min(id) FROM templates), 1, 'running', now(), now(), $2, $3, $4, $5, $6,
    '12:00'::time + $7, '12:00'::time + $8, $9) RETURNING id
"""
ADD_DELIVERIES = """
INSERT INTO deliveries (campaign_id, contact_id, contact_list_id, pos)
SELECT $1, contact, 1, pos FROM unnest($2::bigint[]) WITH ORDINALITY AS rows (contact, pos)
"""

PASS_DELIVERIES = """
UPDATE deliveries SET due_at = due_at - $2::interval, slot_at = slot_at - $2::interval,
    claimed_until = claimed_until - $2::interval, settled_at = settled_at - $2::interval,
    first_attempt_at = first_attempt_at - $2::interval
WHERE campaign_id = ANY($1)
"""
PASS_CAMPAIGNS = """
UPDATE campaigns SET next_slot_at = next_slot_at - $2::interval,
    resumes_at = resumes_at - $2::interval, finished_at = finished_at - $2::interval,
    quiet_from = quiet_from - $2::interval, quiet_until = quiet_until - $2::interval
WHERE id = ANY($1)
"""
PASS_ACCOUNTS = """
UPDATE accounts SET resting_until = resting_until - $2::interval,
    limited_until = limited_until - $2::interval WHERE id = ANY($1)
"""
PASS_CAPS = """
UPDATE account_caps SET next_slot_at = next_slot_at - $2::interval,
    next_first_at = next_first_at - $2::interval, next_lookup_at = next_lookup_at - $2::interval,
    flooded_at = ARRAY(SELECT at - $2::interval FROM unnest(flooded_at) AS at),
    day = day - $3::integer
WHERE account_id = ANY($1)
"""
FIND_NEXT_MOMENT = """
SELECT extract(epoch FROM min(moment) - clock_timestamp())::float FROM (
    SELECT unnest(ARRAY[due_at, claimed_until, first_attempt_at + interval '24 hours 1 second',
        CASE WHEN first_attempt_at IS NULL THEN claimed_until + interval '61 s' END])
    FROM deliveries WHERE campaign_id = ANY($1) AND settled_at IS NULL
    UNION ALL SELECT unnest(ARRAY[next_slot_at - interval '2.9 s', resumes_at,
        quiet_end(zone, quiet_from, quiet_until, clock_timestamp()),
        quiet_end(zone, quiet_from, quiet_until, greatest(clock_timestamp(), next_slot_at))])
    FROM campaigns WHERE id = ANY($1)
    UNION ALL SELECT unnest(ARRAY[resting_until, limited_until]) FROM accounts WHERE id = ANY($2)
    UNION ALL SELECT unnest(ARRAY[next_slot_at, next_first_at, next_lookup_at])
    FROM account_caps WHERE account_id = ANY($2)
    UNION ALL SELECT clock_timestamp() + interval '6 hours'     -- a new day, perhaps
) AS moments (moment) WHERE moment > clock_timestamp()
"""
FINGERPRINT = """
SELECT string_agg(concat_ws('/', id, status, attempts, retries, claim_token, account_id), ' '
    ORDER BY id) FROM deliveries WHERE campaign_id = ANY($1)
"""
FIND_DELIVERIES = """
SELECT deliveries.id, campaign_id, contact_id, deliveries.status, reason, account_id, random_id,
    deliveries.person_id, peer_id, due_at - clock_timestamp() AS wait,
    first_attempt_at IS NOT NULL AS in_doubt
FROM deliveries WHERE campaign_id = ANY($1) ORDER BY id
"""
SIGN_IN = """
UPDATE accounts SET lost_at = NULL, disabled_at = NULL, held_at = NULL WHERE id = ANY($1)
"""
DISABLE = "UPDATE accounts SET disabled_at = now() WHERE id = $1"
RAISE_CAPS = """
UPDATE account_caps SET first_per_day = 1000, per_day = 1000, lookups_per_day = 1000
WHERE account_id = ANY($1)
"""
ADD_SENDERS = "INSERT INTO campaign_accounts SELECT $1, unnest($2::bigint[])"
FIND_FACTS = """
SELECT id, resting_until - now() AS rests, limited_until - now() AS limited, held_at, lost_at,
    disabled_at FROM accounts WHERE id = ANY($1)
"""


async def advance_time(
    connection: Connection,
    campaign_ids: list[int],
    account_ids: list[int],
    seconds: float,
    midnights: int,
) -> None:
    """Let so many seconds pass for these campaigns and accounts, and so many midnights."""
    time = timedelta(seconds=seconds)
    await connection.execute(PASS_DELIVERIES, campaign_ids, time)
    await connection.execute(PASS_CAMPAIGNS, campaign_ids, time)
    await connection.execute(PASS_ACCOUNTS, account_ids, time)
    await connection.execute(PASS_CAPS, account_ids, time, midnights)


def zone_of_noon() -> str:
    """Return a zone in which it is about noon, so that no midnight comes while a test runs."""
    hours_east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-hours_east:+d}"


def hours(number: int) -> timedelta:
    return timedelta(hours=number % 24)
