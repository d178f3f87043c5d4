-- Long work as rows: saving an upload, expanding a campaign, making a report's file.

CREATE TABLE operations (
    id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind                 text NOT NULL CHECK (kind IN ('import', 'expansion', 'export')),
    status               text NOT NULL DEFAULT 'queued' CHECK (status IN
                         ('queued', 'running', 'done', 'failed', 'cancelled')),
    subject_id           bigint NOT NULL,       -- import: an upload; expansion, export: a campaign
    requested_by         bigint REFERENCES admins,      -- null: by itself
    params               jsonb NOT NULL DEFAULT '{}',   -- what the kind needs to know
    checkpoint           jsonb NOT NULL DEFAULT '{}',   -- where the kind resumes after a kill
    done                 integer NOT NULL DEFAULT 0 CHECK (done >= 0),
    total                integer CHECK (total >= 0),    -- null: unknown
    result               jsonb,
    reason               text,                  -- why it failed
    attempts             smallint NOT NULL DEFAULT 0,   -- claims since the last checkpoint
    claim_token          bigint,                -- fencing token of the worker that runs it
    claimed_by           text,
    claimed_until        timestamptz,           -- moved on by heartbeats; past: abandoned
    due_at               timestamptz NOT NULL DEFAULT now(),    -- queued: not before this moment
    cancel_requested_at  timestamptz,
    created_at           timestamptz NOT NULL DEFAULT now(),
    started_at           timestamptz,
    finished_at          timestamptz,
    notified_at          timestamptz,           -- when its end was shown
    CHECK ((status = 'running') = (claim_token IS NOT NULL AND claimed_until IS NOT NULL)),
    CHECK ((finished_at IS NOT NULL) = (status IN ('done', 'failed', 'cancelled')))
);
CREATE INDEX operations_to_run ON operations (due_at) WHERE status IN ('queued', 'running');
CREATE INDEX operations_unnotified ON operations (id) WHERE finished_at IS NOT NULL AND notified_at IS NULL;
-- One at a time for each subject; each admin asks for a file of their own.
CREATE UNIQUE INDEX operations_one_active ON operations
    (kind, subject_id, (CASE WHEN kind = 'export' THEN requested_by ELSE 0 END))
    WHERE status IN ('queued', 'running');

CREATE FUNCTION notify_of_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('operations', '');
    RETURN NULL;
END $$;
CREATE TRIGGER operations_notify AFTER INSERT ON operations
    FOR EACH STATEMENT EXECUTE FUNCTION notify_of_operation();

-- An upload being saved stays until its list is whole; no one may change or save it again.
ALTER TABLE uploads ADD COLUMN saving_at timestamptz;

-- Null while the list's members are being saved: nothing may use it yet.
ALTER TABLE contact_lists ADD COLUMN ready_at timestamptz DEFAULT now();

-- A campaign is expanded chunk by chunk, in this order.
CREATE INDEX contact_list_members_in_order ON contact_list_members
    (contact_list_id, pos, contact_id);
ALTER TABLE campaigns
    ADD COLUMN expanded_at      timestamptz,    -- when its last delivery was written; null: not yet
    ADD COLUMN expansion_cursor bigint[] NOT NULL DEFAULT '{0,0,0}'  -- last (list, pos, contact)
        CHECK (cardinality(expansion_cursor) = 3);
UPDATE campaigns SET expanded_at = coalesce(started_at, now()) WHERE total > 0;
