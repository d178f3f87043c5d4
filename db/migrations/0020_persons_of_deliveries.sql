-- A delivery may have been sent to a peer that its account has forgotten since. Its person counts
-- all the same: no other contact of that person may get the campaign's message. Such peers are
-- taken for users, as nearly all are.

INSERT INTO persons (kind, peer_id)
SELECT DISTINCT 'user', peer_id FROM deliveries WHERE peer_id IS NOT NULL AND person_id IS NULL
ORDER BY peer_id
ON CONFLICT (kind, peer_id) DO NOTHING;
UPDATE deliveries SET person_id = persons.id FROM persons
WHERE persons.kind = 'user' AND persons.peer_id = deliveries.peer_id
  AND deliveries.person_id IS NULL AND deliveries.peer_id IS NOT NULL
  AND NOT EXISTS (
      SELECT FROM deliveries AS others
      WHERE others.campaign_id = deliveries.campaign_id AND others.step = deliveries.step
        AND others.person_id = persons.id);
