"""The statement of a claim, into which the query that picks the rows is put.

It moves the campaign's next slot, so concurrent claims never exceed its rate. It claims nothing
unless the campaign runs, its next slot is at most three seconds away, and the slots lie outside its
quiet hours. The first slot is at least `lead` away, which leaves time to prepare the messages.
A row that must not be sent now takes no slot. It is claimed all the same and has a `skip_reason`,
so that it is ended or postponed like any other. This is a sieve by what is known of the contact:
the freeze decides (db.queries.freezes).
"""

from __future__ import annotations


def claim_of(picked: str, *, lead: str = "interval '100 ms'") -> str:
    """Return the statement that claims the rows of the query `picked`.

    The campaign's cursor moves to the last of them that is `fresh`. `lead` is an expression.
    """
    statement = """
WITH rivals AS MATERIALIZED (                   -- campaigns that the frequency cap counts
    SELECT others.id, make_interval(hours => mine.frequency_hours) AS apart
    FROM campaigns AS mine JOIN campaigns AS others
        ON others.id <> mine.id AND others.mode = 'live'
       AND coalesce(others.finished_at, 'infinity')
            > now() - make_interval(hours => mine.frequency_hours)
    WHERE mine.id = $1 AND mine.mode = 'live'
), judged AS MATERIALIZED (
    SELECT picked.id, pos, fresh, first_attempt_at IS NOT NULL AS in_doubt, contact.*,
        row_number() OVER () AS ordinal,
        count(*) FILTER (WHERE skip_reason IS NULL) OVER (ROWS UNBOUNDED PRECEDING) AS place
    FROM (
        -- picked
    ) AS picked CROSS JOIN LATERAL (            -- OFFSET 0: a look-up by key for each row
        SELECT user_id, phone, username, found.person_id, wait_until, CASE
            WHEN EXISTS (SELECT FROM suppressions
                         WHERE identity_hash = ANY(identity_hashes)) THEN 'suppressed'
            WHEN first_attempt_at IS NOT NULL THEN NULL
            WHEN unreachable_reason IS NOT NULL OR EXISTS (
                SELECT FROM persons WHERE persons.id = found.person_id
                  AND persons.unreachable_reason IS NOT NULL) THEN 'unreachable'
            WHEN wait_until IS NOT NULL THEN 'frequency'
        END AS skip_reason
        FROM contacts CROSS JOIN LATERAL (
            SELECT CASE WHEN identified_at IS NOT NULL THEN contacts.person_id END AS person_id
        ) AS found CROSS JOIN LATERAL (
            SELECT max(settled_at + apart) AS wait_until FROM rivals JOIN deliveries AS got
                ON got.campaign_id = rivals.id AND got.person_id = found.person_id
            WHERE got.status IN ('sent', 'unknown') AND settled_at + apart > now()
              AND picked.first_attempt_at IS NULL
        ) AS frequency
        WHERE contacts.id = picked.contact_id OFFSET 0
    ) AS contact
), slots AS (                                  -- of the locked row alone: claims may run at once
    UPDATE campaigns SET
        next_slot_at = n * $3::interval
            + greatest(next_slot_at, clock_timestamp() + -- lead),
        claimed_pos = greatest(claimed_pos, last_pos)
    FROM (SELECT count(*) AS found, max(pos) FILTER (WHERE fresh) AS last_pos,
                 count(*) FILTER (WHERE skip_reason IS NULL) AS n
          FROM judged) AS taken
    WHERE id = $1 AND status = 'running' AND found > 0
      AND (n = 0 OR next_slot_at < clock_timestamp() + interval '3 seconds')
      AND (n = 0 OR mode <> 'live' OR 0 = (
          SELECT count(quiet_end(zone, quiet_from, quiet_until, slot_at))
          FROM unnest(ARRAY[0, n - 1]) AS place, LATERAL (
              SELECT greatest(next_slot_at, clock_timestamp() + -- lead)
                  + place * $3::interval AS slot_at) AS slot))
    RETURNING next_slot_at, next_slot_at - n * $3::interval AS start_at,
        next_slot_at + $4::interval AS claimed_until
), claimed AS (
    UPDATE deliveries SET
        status = 'sending', claim_token = (SELECT nextval('claim_tokens')), claimed_by = $5,
        due_at = NULL,
        slot_at = CASE WHEN skip_reason IS NULL THEN start_at + (place - 1) * $3::interval
                  ELSE deliveries.slot_at END,
        claimed_until = slots.claimed_until
    FROM slots, judged
    WHERE deliveries.id = ANY(ARRAY(SELECT id FROM judged))
      AND judged.id = deliveries.id
    RETURNING ordinal, place, deliveries.id, claim_token, contact_id, attempts, retries, in_doubt,
        account_id, random_id, judged.person_id, judged.pos, generation, user_id, phone, username,
        skip_reason, wait_until
)
SELECT claimed.*, slots.* FROM slots JOIN claimed ON ordinal = 1
UNION ALL
SELECT *, NULL, NULL, NULL FROM claimed WHERE ordinal > 1
"""
    return statement.replace("-- picked", picked).replace("-- lead", lead)
