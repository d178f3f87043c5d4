-- Dialogs make people known, and those who wrote to an account can become a contact list.

ALTER TABLE sweeps ADD COLUMN
    read_sign_in  integer;                      -- the sign-in that has read all dialogs; null: none

ALTER TABLE operations DROP CONSTRAINT operations_kind_check;
ALTER TABLE operations ADD CONSTRAINT operations_kind_check
    CHECK (kind IN ('import', 'expansion', 'export', 'gathering'));

ALTER TABLE contact_lists ADD COLUMN
    account_id  bigint REFERENCES accounts;     -- whose dialogs it was made of; null: a file
ALTER TABLE contact_list_members ADD COLUMN
    proof       jsonb;                          -- the message by which they wrote to the account
