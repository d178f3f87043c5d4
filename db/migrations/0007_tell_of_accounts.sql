-- What happened to an account that a person must look at, until the admins were told.

CREATE TABLE account_events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    at          timestamptz NOT NULL DEFAULT now(),
    status      text NOT NULL,                  -- the account's status after it
    reason      text,
    told_at     timestamptz                     -- when the admins were told; null: not yet
);
CREATE INDEX account_events_untold ON account_events (id) WHERE told_at IS NULL;
