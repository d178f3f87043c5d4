-- The freeze in one round trip, and the latest reading of the database's clock.

-- Decides about claimed deliveries and stores what is about to be sent (db/queries/freezes.py).
-- The locks come first and in a statement of their own: in a volatile function each statement has a
-- snapshot of its own, so the decision sees what the transactions that held the locks committed.
-- The settings are those of db/pool.py, which a pooler does not keep.
CREATE FUNCTION freeze_deliveries(
    campaign bigint, ids bigint[], tokens bigint[], account_ids bigint[], person_ids bigint[],
    peer_ids bigint[], random_ids bigint[], texts text[], rival_wait interval, all_entities text[]
) RETURNS TABLE (id bigint, verdict text, unreachable_reason text, wait_until timestamptz)
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan SET jit = off SET lock_timeout = '15s'
AS $function$
#variable_conflict use_column
BEGIN
    PERFORM FROM persons WHERE persons.id = ANY($5) ORDER BY persons.id FOR NO KEY UPDATE;
    RETURN QUERY
    WITH rivals AS MATERIALIZED (                   -- campaigns that the frequency cap counts
        SELECT others.id, make_interval(hours => mine.frequency_hours) AS apart
        FROM campaigns AS mine JOIN campaigns AS others
            ON others.id <> mine.id AND others.mode = 'live'
           AND coalesce(others.finished_at, 'infinity')
                > now() - make_interval(hours => mine.frequency_hours)
        WHERE mine.id = $1 AND mine.mode = 'live'
    ), given AS MATERIALIZED (
        SELECT rows.*, mine.claim_token = token AND mine.status = 'sending' AS held,
            EXISTS (
                SELECT FROM suppressions WHERE identity_hash = ANY((
                    SELECT identity_hashes FROM contacts WHERE contacts.id = mine.contact_id)::bytea[])
            ) OR EXISTS (
                SELECT FROM suppressions JOIN person_names USING (identity_hash)
                WHERE person_names.person_id = rows.person_id
            ) AS suppressed,
            rows.person_id IS NULL OR (
                row_number() OVER (PARTITION BY rows.person_id, mine.step ORDER BY rows.id) = 1
                AND NOT EXISTS (
                    SELECT FROM deliveries AS others WHERE others.campaign_id = $1
                      AND others.person_id = rows.person_id AND others.step = mine.step
                      AND others.id <> rows.id)
            ) AS first_of_person,
            (SELECT unreachable_reason FROM persons WHERE persons.id = rows.person_id
               AND mine.first_attempt_at IS NULL) AS unreachable_reason,
            CASE WHEN mine.first_attempt_at IS NULL THEN (
                SELECT max(CASE WHEN got.settled_at IS NULL THEN clock_timestamp() + $9::interval
                           ELSE got.settled_at + apart END)
                FROM rivals JOIN deliveries AS got
                    ON got.campaign_id = rivals.id AND got.person_id = rows.person_id
                WHERE got.settled_at IS NULL AND got.first_attempt_at IS NOT NULL
                   OR got.status IN ('sent', 'unknown') AND got.settled_at + apart > clock_timestamp()
            ) END AS wait_until
        FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                    $8::text[], $10::text[])
             AS rows (id, token, account_id, person_id, peer_id, random_id, text, entities)
        JOIN deliveries AS mine ON mine.id = rows.id
        WHERE mine.id = ANY($2)
    ), frozen AS (
        UPDATE deliveries SET
            account_id = given.account_id, person_id = given.person_id, peer_id = given.peer_id,
            random_id = given.random_id, attempts = attempts + 1,
            first_attempt_at = coalesce(first_attempt_at, clock_timestamp())
        FROM given
        WHERE deliveries.id = ANY($2) AND deliveries.id = given.id
          AND NOT suppressed AND first_of_person AND unreachable_reason IS NULL AND wait_until IS NULL
          AND deliveries.status = 'sending' AND claim_token = given.token
          AND EXISTS (SELECT FROM campaigns WHERE id = $1 AND status = 'running')
          AND (given.account_id IS NULL OR EXISTS (
              SELECT FROM accounts WHERE id = given.account_id
                AND owner IS NOT DISTINCT FROM claimed_by
                AND (owner IS NULL OR lease_until > clock_timestamp())))
        RETURNING deliveries.id
    ), contents AS (
        INSERT INTO delivery_contents (delivery_id, text, entities)
        SELECT id, text, entities::jsonb FROM given JOIN frozen USING (id)
        ON CONFLICT (delivery_id) DO NOTHING
    )
    SELECT id, CASE
        WHEN frozen.id IS NOT NULL THEN 'frozen'
        WHEN NOT held THEN 'lost'
        WHEN suppressed THEN 'suppressed'
        WHEN NOT first_of_person THEN 'same_person'
        WHEN unreachable_reason IS NOT NULL THEN 'unreachable'
        WHEN wait_until IS NOT NULL THEN 'frequency'
        ELSE 'lost' END AS verdict, unreachable_reason, wait_until
    FROM given LEFT JOIN frozen USING (id);
END
$function$;

CREATE TABLE clock (                            -- the latest reading of the database's clock
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    read_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    ahead_from  timestamptz                     -- the first reading after a jump ahead
);
INSERT INTO clock DEFAULT VALUES;

-- Reads the clock (db/queries/clock.py). When it was set back by more than `tolerance`, every moment
-- that was computed from the wrong time is moved back by as much: a wait lasts as long as it would
-- have lasted. Return by how much; null: the clock was not set back.
--
-- All columns of type timestamptz are moved, but those that an admin has chosen or that are
-- Telegram's. A moment is wrong when it lies ahead. A wait (…_until, next_…, due_at, slot_at,
-- resumes_at) is wrong when it lies ahead by more than 70 seconds: leases and claims last about a
-- minute, and they may have begun since the clock was set back. Where the jump ahead was seen, a
-- moment before it is right.
CREATE FUNCTION read_clock(tolerance interval, jumped boolean) RETURNS interval
LANGUAGE plpgsql VOLATILE SET jit = off AS $function$
DECLARE
    latest clock;
    present timestamptz;
    back interval;
    changed record;
BEGIN
    SELECT * INTO STRICT latest FROM clock FOR UPDATE;
    present := clock_timestamp();
    back := latest.read_at - present;
    IF back <= tolerance THEN
        UPDATE clock SET read_at = greatest(read_at, present),
            ahead_from = coalesce(ahead_from, CASE WHEN jumped THEN present END);
        RETURN NULL;
    END IF;

    -- These are decided again by the true time of day.
    UPDATE campaigns SET resumes_at = present
    WHERE status = 'paused' AND paused_at > present AND resumes_at > present
      AND (pause_reason = 'quiet_hours' OR pause_reason LIKE 'cap\_%');
    UPDATE account_caps SET
        day = least(day, (
            SELECT coalesce(max((present AT TIME ZONE zone)::date),
                            (present AT TIME ZONE 'UTC')::date)
            FROM campaign_accounts JOIN campaigns ON campaigns.id = campaign_id
            WHERE campaign_accounts.account_id = account_caps.account_id)),
        flooded_at = ARRAY(
            SELECT CASE WHEN at > present THEN at - back ELSE at END FROM unnest(flooded_at) AS at);
    DELETE FROM late_departures WHERE departed_at > present;

    FOR changed IN
        SELECT format('%I', table_name) AS of_table,
            string_agg(format('%1$I = CASE WHEN %1$I > %2$s THEN %1$I - $1 ELSE %1$I END',
                              column_name, bound), ', ') AS assignments,
            string_agg(format('%I > %s', column_name, bound), ' OR ') AS condition
        FROM information_schema.columns JOIN information_schema.tables
            USING (table_schema, table_name), LATERAL (
            SELECT CASE WHEN column_name ~ '_until$|^next_|due_at$|^resumes_at$|^slot_at$' THEN '$3'
                   ELSE '$2' END AS bound) AS kind
        WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
          AND data_type = 'timestamp with time zone' AND table_name <> 'clock'
          AND (table_name, column_name) NOT IN (
              ('campaigns', 'starts_at'),
              ('replies', 'said_at'), ('replies', 'edited_at'), ('sweeps', 'until'),
              ('update_states', 'date'))
        GROUP BY table_name ORDER BY table_name
    LOOP
        EXECUTE format(
            'UPDATE %s SET %s WHERE %s', changed.of_table, changed.assignments, changed.condition
        ) USING back, greatest(present, latest.ahead_from),
                greatest(present + interval '70 seconds', latest.ahead_from);
    END LOOP;

    UPDATE clock SET read_at = present, ahead_from = NULL;
    INSERT INTO campaign_events (campaign_id, event, status, reason)
    SELECT id, 'note', status, 'clock_set_back' FROM campaigns
    WHERE status = 'running' OR status = 'paused' AND resumes_at IS NOT NULL
    ORDER BY status DESC, id DESC LIMIT 1;
    RETURN back;
END
$function$;
