-- Names of the field for what was called doubts, farewells, nudges and telling. Rows stay.

ALTER TABLE doubts RENAME TO unclear_replies;
ALTER TABLE unclear_replies RENAME COLUMN told_at TO notified_at;
ALTER TABLE farewells RENAME TO opt_out_confirmations;
ALTER TABLE campaign_events RENAME COLUMN told_at TO notified_at;
ALTER TABLE account_events RENAME COLUMN told_at TO notified_at;

-- Which constraints have a name differs between the versions of PostgreSQL. The index of a
-- constraint is renamed with it.
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT conrelid::regclass AS owner, conname AS old,
               replace(replace(conname, 'doubts', 'unclear_replies'),
                       'farewells', 'opt_out_confirmations') AS new
        FROM pg_constraint
        WHERE conrelid IN ('unclear_replies'::regclass, 'opt_out_confirmations'::regclass)
          AND conname ~ 'doubts|farewells'
    LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I',
                       found.owner, found.old, found.new);
    END LOOP;
END $$;
ALTER SEQUENCE doubts_id_seq RENAME TO unclear_replies_id_seq;
ALTER INDEX doubts_one_open RENAME TO unclear_replies_one_open;
ALTER INDEX doubts_untold RENAME TO unclear_replies_unnotified;
ALTER INDEX farewells_due RENAME TO opt_out_confirmations_due;
ALTER INDEX campaign_events_untold RENAME TO campaign_events_unnotified;
ALTER INDEX account_events_untold RENAME TO account_events_unnotified;

ALTER FUNCTION nudge_about_campaign() RENAME TO notify_of_campaign;
ALTER TRIGGER campaign_events_nudge ON campaign_events RENAME TO campaign_events_notify;
ALTER FUNCTION nudge_about_inbox() RENAME TO notify_of_inbox;
ALTER TRIGGER replies_nudge ON replies RENAME TO replies_notify;
ALTER TRIGGER suppressions_nudge ON suppressions RENAME TO suppressions_notify;

-- 'unclear_reply': until an admin has decided whether a reply is an opt-out.
ALTER TABLE suppressions DROP CONSTRAINT suppressions_reason_check;
UPDATE suppressions SET reason = 'unclear_reply' WHERE reason = 'asked';
ALTER TABLE suppressions ADD CONSTRAINT suppressions_reason_check
    CHECK (reason IN ('opt_out', 'blocked', 'imported', 'by_hand', 'unclear_reply'));

UPDATE audit SET noun = 'unclear_reply' WHERE noun = 'doubt';
