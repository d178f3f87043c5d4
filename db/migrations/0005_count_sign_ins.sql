-- A session that is gone may be reported after its account was signed in anew.

ALTER TABLE accounts ADD COLUMN sign_in integer NOT NULL DEFAULT 1;  -- the number of the latest one
