-- What left late, so that the other processes leave room for it a moment later.

CREATE TABLE late_departures (
    campaign_id  bigint NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    slot_at      timestamptz NOT NULL,
    departed_at  timestamptz NOT NULL
);
CREATE INDEX late_departures_by_campaign ON late_departures (campaign_id, departed_at);
