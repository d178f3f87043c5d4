-- The grain of the house. Status words and lawful transitions: db/models. Times are timestamptz.

CREATE SCHEMA scheduler;  -- APScheduler's tables; rows are the truth, these are alarm clocks

-- One row: what makes this installation itself. A restored backup keeps its keys, so that the
-- random ids of messages already sent are made again, not anew.
CREATE TABLE installation (
    only_row         boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    random_id_key    bytea NOT NULL CHECK (length(random_id_key) = 32),
    suppression_key  bytea NOT NULL CHECK (length(suppression_key) = 32),
    created_at       timestamptz NOT NULL DEFAULT now()
);

-- People who command the bot -------------------------------------------------

CREATE TABLE admins (
    id           bigint PRIMARY KEY,            -- Telegram's user id
    name         text NOT NULL,
    role         text NOT NULL CHECK (role IN ('owner', 'admin', 'operator', 'auditor')),
    language     text CHECK (language IN ('en', 'ru')),   -- null: as Telegram says
    zone         text,                          -- IANA name; null: not asked yet
    created_at   timestamptz NOT NULL DEFAULT now(),
    disabled_at  timestamptz
);

CREATE TABLE conversations (
    key         text PRIMARY KEY,               -- bot:chat:user:… as the storage builds it
    state       text,
    data        jsonb NOT NULL DEFAULT '{}',
    updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE audit (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT now(),
    admin_id  bigint REFERENCES admins,
    act       text NOT NULL,                    -- verb: 'start', 'upload' …
    noun      text NOT NULL,                    -- 'campaign', 'contact_list' …
    noun_id   bigint,
    details   jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_by_time ON audit (at DESC);

-- Accounts that send ----------------------------------------------------------

CREATE TABLE accounts (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id         bigint NOT NULL UNIQUE,     -- Telegram's user id
    name            text NOT NULL,
    phone           text,
    username        text,
    status          text NOT NULL DEFAULT 'active'
                    CHECK (status IN ('active', 'resting', 'limited', 'lost', 'disabled')),
    status_reason   text,
    resting_until   timestamptz,
    session_sealed  bytea,                      -- AES-256-GCM, key id in front; null: signed out
    owner           text,                       -- the process that holds the one live connection
    fencing_token   bigint NOT NULL DEFAULT 0,
    lease_until     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((resting_until IS NOT NULL) = (status IN ('resting', 'limited')))
);

-- Contacts ---------------------------------------------------------------------

CREATE TABLE contacts (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key             text NOT NULL UNIQUE,       -- 'id:42' | 'phone:+79991234567' | 'username:anna'
    user_id         bigint,
    phone           text,                       -- E.164
    username        text,                       -- without @, as written
    identity_hashes bytea[] NOT NULL,           -- what suppressions are matched against
    unreachable_reason text,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX contacts_by_user_id ON contacts (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE uploads (                          -- a file on its way to be a contact list
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    admin_id    bigint NOT NULL REFERENCES admins,
    file_name   text NOT NULL,
    content     bytea NOT NULL,
    reading     jsonb NOT NULL DEFAULT '{}',    -- encoding, delimiter, columns: as chosen so far
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE contact_lists (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CHECK (name <> ''),
    basis        text NOT NULL CHECK (basis IN
                 ('wrote_first', 'customer', 'subscriber', 'event', 'own_channel', 'other')),
    basis_note   text,
    attested_by  bigint NOT NULL REFERENCES admins,
    attested_at  timestamptz NOT NULL DEFAULT now(),
    file_name    text NOT NULL,
    file_sha256  bytea NOT NULL,
    fields       text[] NOT NULL DEFAULT '{}',  -- placeholders this list can fill
    size         integer NOT NULL DEFAULT 0,
    archived_at  timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE contact_list_members (
    contact_list_id  bigint NOT NULL REFERENCES contact_lists ON DELETE CASCADE,
    contact_id       bigint NOT NULL REFERENCES contacts,
    pos              integer NOT NULL,          -- place in the file
    fields           jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (contact_list_id, contact_id)
);

CREATE TABLE suppressions (
    identity_hash  bytea PRIMARY KEY,           -- HMAC of 'id:…' | 'phone:…' | 'username:…'
    reason         text NOT NULL CHECK (reason IN ('opt_out', 'blocked', 'imported', 'by_hand')),
    campaign_id    bigint,
    admin_id       bigint REFERENCES admins,
    created_at     timestamptz NOT NULL DEFAULT now()
);

-- How one account sees a contact: access hashes are per account.
CREATE TABLE peers (
    account_id   bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    contact_id   bigint NOT NULL REFERENCES contacts ON DELETE CASCADE,
    kind         text NOT NULL CHECK (kind IN ('user', 'channel', 'chat')),
    peer_id      bigint NOT NULL,
    access_hash  bigint NOT NULL,
    resolved_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, contact_id)
);

-- Messages ---------------------------------------------------------------------

CREATE TABLE media (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('photo', 'document')),
    file_name  text NOT NULL,
    mime_type  text NOT NULL,
    sha256     bytea NOT NULL UNIQUE,
    content    bytea NOT NULL
);

CREATE TABLE account_media (                    -- a file as one account has uploaded it, once
    account_id      bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    media_id        bigint NOT NULL REFERENCES media,
    file_id         bigint NOT NULL,
    access_hash     bigint NOT NULL,
    file_reference  bytea NOT NULL,
    uploaded_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, media_id)
);

CREATE TABLE templates (                        -- a template's text never changes: an edit is a new row
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CHECK (name <> ''),
    text         text NOT NULL,
    entities     jsonb NOT NULL DEFAULT '[]',   -- [{type, offset, length, …}], UTF-16 units
    media_id     bigint REFERENCES media,
    created_by   bigint NOT NULL REFERENCES admins,
    created_at   timestamptz NOT NULL DEFAULT now(),
    archived_at  timestamptz,
    CHECK (text <> '' OR media_id IS NOT NULL)
);

-- Campaigns ----------------------------------------------------------------------

CREATE TABLE campaigns (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    nonce          uuid NOT NULL DEFAULT gen_random_uuid(),  -- in every random_id: ids may be reused after a restore
    name           text NOT NULL CHECK (name <> ''),
    status         text NOT NULL DEFAULT 'draft' CHECK (status IN
                   ('draft', 'scheduled', 'running', 'paused', 'finished', 'cancelled')),
    mode           text NOT NULL DEFAULT 'live' CHECK (mode IN ('test', 'dry_run', 'live')),
    template_id    bigint REFERENCES templates,
    rate_count     integer NOT NULL DEFAULT 20 CHECK (rate_count > 0),
    rate_seconds   integer NOT NULL DEFAULT 60 CHECK (rate_seconds IN (1, 60, 3600)),
    retry_limit    smallint NOT NULL DEFAULT 3 CHECK (retry_limit BETWEEN 0 AND 20),
    created_by     bigint NOT NULL REFERENCES admins,
    created_at     timestamptz NOT NULL DEFAULT now(),
    starts_at      timestamptz,                 -- when scheduled
    started_at     timestamptz,
    paused_at      timestamptz,
    pause_reason   text,
    resumes_at     timestamptz,                 -- a pause that ends by itself
    finished_at    timestamptz,
    next_slot_at   timestamptz NOT NULL DEFAULT '-infinity',
    claimed_pos    integer NOT NULL DEFAULT 0,  -- the claim's cursor: all before it was claimed once
    total          integer NOT NULL DEFAULT 0,
    sent           integer NOT NULL DEFAULT 0,
    failed         integer NOT NULL DEFAULT 0,
    skipped        integer NOT NULL DEFAULT 0,
    unknown        integer NOT NULL DEFAULT 0,
    CHECK ((finished_at IS NOT NULL) = (status IN ('finished', 'cancelled'))),
    CHECK ((paused_at IS NOT NULL) = (status = 'paused')),
    CHECK (status <> 'scheduled' OR starts_at IS NOT NULL),
    CHECK (sent + failed + skipped + unknown <= total)
);
CREATE INDEX campaigns_alive ON campaigns (id) WHERE status IN ('scheduled', 'running', 'paused');

CREATE TABLE campaign_contact_lists (
    campaign_id      bigint NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    contact_list_id  bigint NOT NULL REFERENCES contact_lists,
    excluded         boolean NOT NULL DEFAULT false,    -- minus this list
    PRIMARY KEY (campaign_id, contact_list_id)
);

CREATE TABLE campaign_accounts (
    campaign_id  bigint NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    account_id   bigint NOT NULL REFERENCES accounts,
    PRIMARY KEY (campaign_id, account_id)
);

CREATE TABLE campaign_events (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id  bigint NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    at           timestamptz NOT NULL DEFAULT now(),
    event        text NOT NULL,                 -- an event of the state machine, or 'note'
    status       text NOT NULL,                 -- the campaign's status after it
    admin_id     bigint REFERENCES admins,      -- null: by itself
    reason       text,
    told_at      timestamptz                    -- when the admins were told; null: not yet
);
CREATE INDEX campaign_events_by_campaign ON campaign_events (campaign_id, id);
CREATE INDEX campaign_events_untold ON campaign_events (id) WHERE told_at IS NULL;

CREATE FUNCTION nudge_about_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('campaign_events', NEW.campaign_id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER campaign_events_nudge AFTER INSERT ON campaign_events
    FOR EACH ROW EXECUTE FUNCTION nudge_about_campaign();

CREATE TABLE campaign_cards (                   -- the live card in a chat, edited in place
    campaign_id  bigint NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    chat_id      bigint NOT NULL,
    message_id   bigint NOT NULL,
    PRIMARY KEY (campaign_id, chat_id)
);

-- Deliveries ------------------------------------------------------------------------

CREATE SEQUENCE claim_tokens;                   -- a claim's fencing token

CREATE TABLE deliveries (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id       bigint NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    contact_id        bigint NOT NULL REFERENCES contacts,
    contact_list_id   bigint NOT NULL,          -- whose fields fill the placeholders
    pos               integer NOT NULL,         -- place in its campaign: 1 … n
    status            text NOT NULL DEFAULT 'pending' CHECK (status IN
                      ('pending', 'sending', 'sent', 'failed', 'skipped', 'unknown')),
    attempts          smallint NOT NULL DEFAULT 0,  -- how often Telegram was asked
    retries           smallint NOT NULL DEFAULT 0,  -- of them: refused for now, tried again later
    due_at            timestamptz,              -- pending, and not before this moment
    slot_at           timestamptz,              -- the reserved moment of the next attempt
    claim_token       bigint,
    claimed_until     timestamptz,
    account_id        bigint REFERENCES accounts,   -- pinned at the first attempt, for ever
    peer_id           bigint,
    random_id         bigint,
    first_attempt_at  timestamptz,
    message_id        bigint,
    reason            text,                     -- Telegram's error name, or ours
    settled_at        timestamptz,
    UNIQUE (campaign_id, contact_id),
    CHECK ((status = 'sending') = (claim_token IS NOT NULL AND claimed_until IS NOT NULL)),
    CHECK ((settled_at IS NOT NULL) = (status IN ('sent', 'failed', 'skipped', 'unknown'))),
    CHECK (status <> 'sent' OR message_id IS NOT NULL),
    CHECK (random_id <> 0)
);
-- `pos` within a campaign is the claim's order; what waits for a later moment lies apart.
CREATE INDEX deliveries_fresh ON deliveries (campaign_id, pos)
    WHERE status = 'pending' AND due_at IS NULL;
CREATE INDEX deliveries_deferred ON deliveries (campaign_id, due_at)
    WHERE status = 'pending' AND due_at IS NOT NULL;
CREATE INDEX deliveries_in_flight ON deliveries (campaign_id, claimed_until)
    WHERE status = 'sending';
CREATE UNIQUE INDEX deliveries_one_per_person ON deliveries (campaign_id, peer_id)
    WHERE peer_id IS NOT NULL;

CREATE TABLE delivery_contents (                -- frozen before the first attempt
    delivery_id  bigint PRIMARY KEY REFERENCES deliveries ON DELETE CASCADE,
    text         text NOT NULL,
    entities     jsonb NOT NULL DEFAULT '[]'
);

INSERT INTO installation (random_id_key, suppression_key) VALUES (
    sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
    sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
);
