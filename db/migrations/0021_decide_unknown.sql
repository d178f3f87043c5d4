-- What admins decided about deliveries that may have arrived. One decision for each generation: a
-- delivery that is sent again may become unknown again.
--
-- A delivery that an admin says arrived is sent with message_id 0, as in a dry run: its message is
-- in the conversation, and its id is not known.

CREATE TABLE unknown_decisions (
    delivery_id  bigint NOT NULL REFERENCES deliveries ON DELETE CASCADE,
    generation   smallint NOT NULL,             -- of the delivery when it was unknown
    decision     text NOT NULL CHECK (decision IN ('arrived', 'send_again', 'leave')),
    decided_by   bigint NOT NULL REFERENCES admins,
    decided_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (delivery_id, generation)
);

CREATE INDEX deliveries_unknown ON deliveries (campaign_id, settled_at) WHERE status = 'unknown';
