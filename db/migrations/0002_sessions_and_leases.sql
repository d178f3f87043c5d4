-- What a session knows besides its key, and who runs.

CREATE TABLE entities (                         -- whom an account has met: access hashes are its own
    account_id   bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    entity_id    bigint NOT NULL,               -- people > 0, groups < 0, channels -100…; 0: itself
    access_hash  bigint NOT NULL,
    username     text,                          -- in lower case
    phone        text,
    PRIMARY KEY (account_id, entity_id)
);

CREATE TABLE update_states (                    -- up to where an account has heard what happened
    account_id  bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    entity_id   bigint NOT NULL,                -- 0: the account as a whole; else a channel's id
    pts         bigint NOT NULL CHECK (pts > 0),
    qts         bigint NOT NULL,
    date        timestamptz NOT NULL,
    seq         bigint NOT NULL,
    PRIMARY KEY (account_id, entity_id)
);

CREATE TABLE processes (                        -- those that send: accounts are shared among them
    name         text PRIMARY KEY,
    alive_until  timestamptz NOT NULL
);

ALTER TABLE deliveries ADD COLUMN claimed_by text;  -- the process that claimed it last
