-- What each admin is to be notified of: one row for each event, admin and part, sent once.

CREATE TABLE notices (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('unclear_reply', 'account_event', 'campaign_event')),
    event_id     bigint NOT NULL,               -- id of a row of the table that `kind` names
    admin_id     bigint NOT NULL REFERENCES admins,
    part         text NOT NULL CHECK (part IN ('message', 'file')),
    attempts     smallint NOT NULL DEFAULT 0,
    refusals     smallint NOT NULL DEFAULT 0,   -- of the attempts: Telegram refused the content
    due_at       timestamptz NOT NULL DEFAULT now(),    -- not before this moment
    created_at   timestamptz NOT NULL DEFAULT now(),
    sent_at      timestamptz,
    given_up_at  timestamptz,                   -- it is not tried again, for `reason`
    reason       text,
    UNIQUE (kind, event_id, admin_id, part),
    CHECK (sent_at IS NULL OR given_up_at IS NULL)
);
CREATE INDEX notices_open ON notices (admin_id, due_at)
    WHERE sent_at IS NULL AND given_up_at IS NULL;
COMMENT ON COLUMN campaign_events.notified_at IS 'when its notices were written';
COMMENT ON COLUMN account_events.notified_at IS 'when its notices were written';
COMMENT ON COLUMN unclear_replies.notified_at IS 'when its notices were written';

-- The end of an operation is shown to one admin: a failure waits, and holds up no other.
ALTER TABLE operations
    ADD COLUMN notify_attempts  smallint NOT NULL DEFAULT 0,
    ADD COLUMN notify_due_at    timestamptz NOT NULL DEFAULT now();
