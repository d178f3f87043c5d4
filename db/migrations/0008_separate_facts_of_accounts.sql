-- A wait, a limit, a hold, a loss and a switch-off are separate facts: none may end another. What
-- an account's status is follows from them and is not stored.

ALTER TABLE accounts
    DROP CONSTRAINT accounts_check,             -- a limit had its moment in resting_until
    ADD COLUMN rest_reason    text,
    ADD COLUMN limited_until  timestamptz,      -- PEER_FLOOD: no first contacts before
    ADD COLUMN limit_reason   text,
    ADD COLUMN held_at        timestamptz,      -- nothing leaves until an admin releases it
    ADD COLUMN hold_reason    text,
    ADD COLUMN lost_at        timestamptz,      -- the session of the latest sign-in is gone
    ADD COLUMN loss_reason    text,
    ADD COLUMN disabled_at    timestamptz;      -- switched off by an admin

-- A limit that a later rest has overwritten is still to be seen in the caps, where nothing else
-- puts the next first contact further ahead than the time between two of them.
UPDATE accounts SET
    rest_reason = CASE WHEN status = 'resting' THEN status_reason END,
    limited_until = CASE
        WHEN status = 'limited' THEN resting_until
        WHEN next_first_at > now() + make_interval(secs => first_apart_seconds) THEN next_first_at
    END,
    limit_reason = CASE
        WHEN status = 'limited' THEN status_reason
        WHEN next_first_at > now() + make_interval(secs => first_apart_seconds) THEN 'PEER_FLOOD'
    END,
    held_at = CASE WHEN status = 'held' THEN now() END,
    hold_reason = CASE WHEN status = 'held' THEN status_reason END,
    lost_at = CASE WHEN status = 'lost' THEN now() END,
    loss_reason = CASE WHEN status = 'lost' THEN status_reason END,
    disabled_at = CASE WHEN status = 'disabled' THEN now() END
FROM account_caps WHERE account_caps.account_id = accounts.id;
UPDATE accounts SET resting_until = NULL WHERE status <> 'resting';

ALTER TABLE accounts DROP COLUMN status, DROP COLUMN status_reason;
