-- A person is who Telegram says that a contact is. Every rule about people is decided for the
-- person, under the lock of their row.

CREATE TABLE persons (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind               text NOT NULL CHECK (kind IN ('user', 'channel', 'chat')),
    peer_id            bigint NOT NULL,         -- Telegram's id, which counts inside its kind
    unreachable_reason text,                    -- a bot, a deleted account: never written to
    created_at         timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, peer_id)
);

CREATE TABLE person_names (                     -- who carries a name, by Telegram's latest answer
    identity_hash  bytea PRIMARY KEY,           -- as in suppressions
    person_id      bigint NOT NULL REFERENCES persons ON DELETE CASCADE
);
CREATE INDEX person_names_by_person ON person_names (person_id);

ALTER TABLE contacts
    ADD COLUMN person_id      bigint REFERENCES persons,
    ADD COLUMN identified_at  timestamptz,      -- null: the person is a guess from their names
    ADD CONSTRAINT contacts_identified_check CHECK (identified_at IS NULL OR person_id IS NOT NULL);
CREATE INDEX contacts_by_person ON contacts (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX contacts_by_phone ON contacts (phone) WHERE phone IS NOT NULL;
CREATE INDEX contacts_by_username ON contacts (lower(username)) WHERE username IS NOT NULL;

CREATE VIEW contact_users AS                    -- Telegram's ids of the people who are contacts
SELECT user_id FROM contacts WHERE user_id IS NOT NULL
UNION ALL
SELECT peer_id FROM contacts JOIN persons ON persons.id = person_id WHERE kind = 'user';

INSERT INTO persons (kind, peer_id) SELECT DISTINCT kind, peer_id FROM peers ORDER BY 1, 2;
UPDATE contacts SET person_id = latest.person_id, identified_at = latest.resolved_at
FROM (SELECT DISTINCT ON (contact_id) contact_id, persons.id AS person_id, resolved_at
      FROM peers JOIN persons USING (kind, peer_id)
      ORDER BY contact_id, resolved_at DESC) AS latest
WHERE contacts.id = latest.contact_id;
INSERT INTO person_names (identity_hash, person_id)
SELECT DISTINCT ON (hash) hash, person_id
FROM contacts, unnest(identity_hashes) AS hash WHERE identified_at IS NOT NULL
ORDER BY hash, identified_at DESC;

-- How one account sees a person: access hashes are per account.
ALTER TABLE peers RENAME TO peers_of_contacts;
ALTER TABLE peers_of_contacts RENAME CONSTRAINT peers_pkey TO peers_of_contacts_pkey;
DROP INDEX peers_talked;
CREATE TABLE peers (
    account_id   bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    person_id    bigint NOT NULL REFERENCES persons ON DELETE CASCADE,
    access_hash  bigint NOT NULL,
    resolved_at  timestamptz NOT NULL DEFAULT now(),
    talked_at    timestamptz,                   -- when the account first wrote to them
    wrote_at     timestamptz,                   -- their latest message known to us
    wrote_id     bigint,                        -- its id: the proof that they wrote
    PRIMARY KEY (account_id, person_id)
);
INSERT INTO peers (account_id, person_id, access_hash, resolved_at, talked_at)
SELECT DISTINCT ON (account_id, persons.id) account_id, persons.id, access_hash, resolved_at,
    min(talked_at) OVER (PARTITION BY account_id, persons.id)
FROM peers_of_contacts JOIN persons USING (kind, peer_id)
ORDER BY account_id, persons.id, resolved_at DESC;
DROP TABLE peers_of_contacts;
CREATE INDEX peers_by_person ON peers (person_id);
-- Writing to them is no first contact.
CREATE INDEX peers_known ON peers (account_id) WHERE talked_at IS NOT NULL OR wrote_at IS NOT NULL;

-- One delivery for each person and step of a campaign. A variant is another content of one step.
ALTER TABLE deliveries
    ADD COLUMN person_id   bigint REFERENCES persons,
    ADD COLUMN step        smallint NOT NULL DEFAULT 0 CHECK (step >= 0),
    ADD COLUMN variant     smallint NOT NULL DEFAULT 0 CHECK (variant >= 0),
    ADD COLUMN generation  smallint NOT NULL DEFAULT 0 CHECK (generation >= 0);
-- A campaign may have written to a user and to a channel of the same number: which is in the peers
-- that the account had.
UPDATE deliveries SET person_id = contacts.person_id
FROM contacts JOIN persons ON persons.id = contacts.person_id
WHERE contacts.id = deliveries.contact_id AND deliveries.peer_id = persons.peer_id;
UPDATE deliveries SET person_id = persons.id FROM persons
WHERE deliveries.peer_id = persons.peer_id AND persons.kind = 'user'
  AND deliveries.person_id IS NULL AND deliveries.peer_id IS NOT NULL;

DO $$
DECLARE
    constraint_name text;
BEGIN
    SELECT conname INTO STRICT constraint_name FROM pg_constraint
    WHERE conrelid = 'deliveries'::regclass AND contype = 'u';
    EXECUTE format('ALTER TABLE deliveries DROP CONSTRAINT %I', constraint_name);
END $$;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_one_per_contact
    UNIQUE (campaign_id, contact_id, step);
DROP INDEX deliveries_one_per_person;
CREATE UNIQUE INDEX deliveries_one_per_person ON deliveries (campaign_id, person_id, step)
    WHERE person_id IS NOT NULL;

ALTER TABLE campaigns
    -- What random ids are made of. Campaigns that have begun go on with the contact's number.
    ADD COLUMN random_id_of     text NOT NULL DEFAULT 'person'
                                CHECK (random_id_of IN ('person', 'contact')),
    -- What the frequency cap does: false: the message waits; true: it is skipped.
    ADD COLUMN frequency_skips  boolean NOT NULL DEFAULT false;
UPDATE campaigns SET random_id_of = 'contact', frequency_skips = true WHERE status <> 'draft';

-- Look-ups are spaced: contacts.resolvePhone takes one call in three seconds.
ALTER TABLE account_caps
    ADD COLUMN lookup_apart_seconds  integer NOT NULL DEFAULT 3 CHECK (lookup_apart_seconds >= 0),
    ADD COLUMN next_lookup_at        timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN lookup_wait_reason    text;      -- the flood wait that moved next_lookup_at
