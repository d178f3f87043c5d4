-- What keeps accounts and people from harm: caps, quiet hours, the frequency cap, breakers.

ALTER TABLE accounts DROP CONSTRAINT accounts_status_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_status_check
    CHECK (status IN ('active', 'resting', 'limited', 'held', 'lost', 'disabled'));

-- What an account may do at most, and what it did today. A day turns in the campaign's zone.
CREATE TABLE account_caps (
    account_id           bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    per_minute           integer NOT NULL DEFAULT 20 CHECK (per_minute > 0),
    per_day              integer NOT NULL DEFAULT 150 CHECK (per_day > 0),
    first_per_day        integer NOT NULL DEFAULT 10 CHECK (first_per_day >= 0),
    first_apart_seconds  integer NOT NULL DEFAULT 120 CHECK (first_apart_seconds >= 0),
    lookups_per_day      integer NOT NULL DEFAULT 40 CHECK (lookups_per_day >= 0),
    next_slot_at         timestamptz NOT NULL DEFAULT '-infinity',  -- of any message
    next_first_at        timestamptz NOT NULL DEFAULT '-infinity',  -- of a first contact
    day                  date NOT NULL DEFAULT '-infinity',         -- whose counts these are
    messages_today       integer NOT NULL DEFAULT 0,
    first_today          integer NOT NULL DEFAULT 0,
    lookups_today        integer NOT NULL DEFAULT 0,
    flooded_at           timestamptz[] NOT NULL DEFAULT '{}'        -- the latest FLOOD_WAITs
);
INSERT INTO account_caps (account_id) SELECT id FROM accounts;

CREATE FUNCTION cap_new_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO account_caps (account_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_are_capped AFTER INSERT ON accounts
    FOR EACH ROW EXECUTE FUNCTION cap_new_account();

ALTER TABLE peers ADD COLUMN talked_at timestamptz;     -- null: writing to them is a first contact
UPDATE peers SET talked_at = settled_at FROM deliveries
WHERE deliveries.account_id = peers.account_id AND deliveries.contact_id = peers.contact_id
  AND deliveries.status = 'sent';
CREATE INDEX peers_talked ON peers (account_id) WHERE talked_at IS NOT NULL;

ALTER TABLE campaigns
    ADD COLUMN zone             text NOT NULL DEFAULT 'UTC',    -- IANA name
    ADD COLUMN quiet_from       time,                           -- null: any hour is fine
    ADD COLUMN quiet_until      time,
    ADD COLUMN frequency_hours  integer CHECK (frequency_hours > 0),
    ADD COLUMN recent           text NOT NULL DEFAULT '',       -- a letter for each of the last ends
    ADD CONSTRAINT campaigns_quiet_hours_check CHECK (
        (quiet_from IS NULL) = (quiet_until IS NULL) AND quiet_from <> quiet_until);

-- When the quiet hours that hold at `at` are over; null when it is not quiet. By the wall clock of
-- the zone, so that a change of clocks does not move them.
CREATE FUNCTION quiet_end(zone text, quiet_from time, quiet_until time, at timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN quiet_from < quiet_until AND local::time >= quiet_from AND local::time < quiet_until
        THEN (local::date + quiet_until) AT TIME ZONE zone
        WHEN quiet_from > quiet_until AND local::time >= quiet_from
        THEN (local::date + 1 + quiet_until) AT TIME ZONE zone
        WHEN quiet_from > quiet_until AND local::time < quiet_until
        THEN (local::date + quiet_until) AT TIME ZONE zone
    END FROM (SELECT at AT TIME ZONE zone AS local) AS clock
$$;
