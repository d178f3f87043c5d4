-- What people answer, and what follows from it.

-- Incoming messages of people we know, as each account got them. Ids count inside an account.
CREATE TABLE replies (
    account_id   bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    peer_id      bigint NOT NULL,               -- Telegram's user id
    message_id   bigint NOT NULL,
    text         text NOT NULL,
    said_at      timestamptz NOT NULL,          -- by Telegram's clock
    received_at  timestamptz NOT NULL DEFAULT now(),
    handled_at   timestamptz,                   -- when we acted on it; null: not yet
    counted_at   timestamptz,                   -- when it moved a campaign's numbers
    PRIMARY KEY (account_id, message_id)
);
CREATE INDEX replies_by_peer ON replies (peer_id);
CREATE INDEX replies_unhandled ON replies (received_at) WHERE handled_at IS NULL;
CREATE INDEX replies_uncounted ON replies (received_at) WHERE counted_at IS NULL;

CREATE TABLE reads (                            -- how far somebody has read what an account wrote
    account_id  bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    peer_id     bigint NOT NULL,
    max_id      bigint NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    counted_id  bigint NOT NULL DEFAULT 0,      -- up to here campaigns have counted it
    PRIMARY KEY (account_id, peer_id)
);
CREATE INDEX reads_uncounted ON reads (changed_at) WHERE counted_id < max_id;

CREATE TABLE sweeps (                           -- up to when an account's conversations were looked through
    account_id  bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    until       timestamptz NOT NULL            -- by Telegram's clock
);

-- "Please stop calling, write here": an admin decides, and meanwhile nobody writes to them.
CREATE TABLE doubts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    peer_id     bigint NOT NULL,
    account_id  bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    text        text NOT NULL,
    asked_at    timestamptz NOT NULL DEFAULT now(),
    told_at     timestamptz,                    -- when the admins were asked; null: not yet
    decided_at  timestamptz,
    decided_by  bigint REFERENCES admins,       -- null: the person did, with a clear word
    stops       boolean,
    CHECK ((decided_at IS NULL) = (stops IS NULL))
);
CREATE UNIQUE INDEX doubts_one_open ON doubts (peer_id) WHERE decided_at IS NULL;
CREATE INDEX doubts_untold ON doubts (id) WHERE told_at IS NULL AND decided_at IS NULL;

CREATE TABLE farewells (                        -- the one confirmation of an opt-out, once ever
    peer_id     bigint PRIMARY KEY,
    account_id  bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    language    text NOT NULL CHECK (language IN ('en', 'ru')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    due_at      timestamptz NOT NULL DEFAULT now(),
    attempts    integer NOT NULL DEFAULT 0,
    done_at     timestamptz,
    message_id  bigint,                         -- null when done: it could not be said
    reason      text
);
CREATE INDEX farewells_due ON farewells (due_at) WHERE done_at IS NULL;

CREATE FUNCTION nudge_about_inbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('inbox', TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE TRIGGER replies_nudge AFTER INSERT ON replies
    FOR EACH STATEMENT EXECUTE FUNCTION nudge_about_inbox();
CREATE TRIGGER suppressions_nudge AFTER INSERT OR UPDATE ON suppressions
    FOR EACH STATEMENT EXECUTE FUNCTION nudge_about_inbox();

-- 'asked': until an admin has decided what they meant.
ALTER TABLE suppressions DROP CONSTRAINT suppressions_reason_check;
ALTER TABLE suppressions ADD CONSTRAINT suppressions_reason_check
    CHECK (reason IN ('opt_out', 'blocked', 'imported', 'by_hand', 'asked'));

ALTER TABLE installation ADD COLUMN opt_out_line text   -- null: by the message's language
    CHECK (length(opt_out_line) BETWEEN 5 AND 200);

ALTER TABLE campaigns
    ADD COLUMN answered  integer NOT NULL DEFAULT 0,
    ADD COLUMN seen      integer NOT NULL DEFAULT 0,    -- a lower bound: not everybody tells
    ADD COLUMN opted_out integer NOT NULL DEFAULT 0;
ALTER TABLE deliveries
    ADD COLUMN answered_at  timestamptz,
    ADD COLUMN seen_at      timestamptz;
CREATE INDEX deliveries_by_peer ON deliveries (peer_id)
    WHERE status = 'sent' AND peer_id IS NOT NULL;

-- Whoever was resolved before is known by their id from now on.
UPDATE contacts SET user_id = peers.peer_id FROM peers
WHERE peers.contact_id = contacts.id AND peers.kind = 'user' AND contacts.user_id IS NULL;
