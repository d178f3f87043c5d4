"""A large campaign is expanded while its senders are killed, and then delivered as it was built."""

from __future__ import annotations

import asyncio
import random
import signal
import sys

import pytest

from db.models.campaign import Campaign, CampaignEvent, CampaignStatus, Mode
from db.models.operation import OperationStatus
from db.queries import expansion
from tests.sender.processes import Processes
from tests.sender.stage import ADMIN_ID, Stage

CHUNKS = 40
MANY = CHUNKS * expansion.CHUNK + 7

ADD_PEOPLE = """
WITH people AS (
    INSERT INTO contacts (key, user_id, identity_hashes)
    SELECT 'id:' || n, n, ARRAY[sha256(n::text::bytea)] FROM generate_series(1, $2::bigint) AS n
    RETURNING id
), list AS (
    INSERT INTO contact_lists (name, basis, attested_by, file_name, file_sha256, size)
    VALUES ('Many', 'customer', $3, 'many.csv', '\\x00', $2) RETURNING id
), members AS (
    INSERT INTO contact_list_members (contact_list_id, contact_id, pos)
    SELECT list.id, people.id, row_number() OVER (ORDER BY people.id) FROM people, list
)
INSERT INTO campaign_contact_lists SELECT $1, id FROM list
"""
MISCOUNTED = """
SELECT count(*) AS rows, count(DISTINCT contact_id) AS people, max(pos) AS last,
    count(DISTINCT pos) AS places
FROM deliveries WHERE campaign_id = $1
"""

WAIT_SECONDS = 0.2
WAIT = f"""
CREATE FUNCTION wait_a_little() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep({WAIT_SECONDS}); RETURN NULL; END $$
"""
WAIT_AT_EACH_CHUNK = """
CREATE TRIGGER wait_a_little AFTER INSERT ON deliveries
FOR EACH STATEMENT EXECUTE FUNCTION wait_a_little()
"""


async def draft(stage: Stage, mode: Mode = Mode.DRY_RUN) -> int:
    """A draft to MANY people, two of whom are in a list before it too."""
    campaign_id = await stage.draft(stage.people(2), mode=mode)
    await stage.run(ADD_PEOPLE, campaign_id, MANY, ADMIN_ID)
    return campaign_id


async def assert_whole(stage: Stage, campaign_id: int) -> Campaign:
    """Once it is expanded: everybody has one delivery, and the places have no gap."""
    campaign = await stage.until_true(campaign_id, lambda one: one.expanded_at is not None)
    (row,) = await stage.run(MISCOUNTED, campaign_id)
    assert tuple(row) == (MANY + 2,) * 4
    assert campaign.counts.total == MANY + 2
    return campaign


async def test_kills_while_it_is_expanded_double_nobody_and_lose_nobody(
    stage: Stage, processes: Processes
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")  # pytest shows it when the test fails
    chance = random.Random(seed)
    campaign_id = await draft(stage)
    await stage.run(WAIT)
    await stage.run(WAIT_AT_EACH_CHUNK)
    await stage.advance(campaign_id, CampaignEvent.START)
    for _ in range(4):
        before = (await stage.get(campaign_id)).counts.total
        await processes.start("one")
        await stage.until_true(campaign_id, lambda one, n=before: one.counts.total > n)
        await asyncio.sleep(chance.uniform(0, WAIT_SECONDS))
        processes.signal("one", signal.SIGKILL)
    assert (await stage.get(campaign_id)).counts.total < MANY, "no kill hit the expansion"
    sent = await stage.run("SELECT FROM deliveries WHERE status <> 'pending' LIMIT 1")
    assert sent == [], "nothing is claimed before everything is written"
    await stage.run("DROP TRIGGER wait_a_little ON deliveries")
    await processes.start("one")
    await assert_whole(stage, campaign_id)
    await stage.until_rows("SELECT FROM deliveries WHERE status <> 'pending' LIMIT 1")


async def test_a_stopped_campaign_is_expanded_no_further(stage: Stage) -> None:
    campaign_id = await draft(stage)
    await stage.advance(campaign_id, CampaignEvent.START)
    await stage.start()
    await stage.until_true(campaign_id, lambda one: one.counts.total > 0)
    await stage.advance(campaign_id, CampaignEvent.CANCEL)
    await stage.until_rows("SELECT FROM operations WHERE status = 'cancelled'")
    campaign = await stage.get(campaign_id)
    assert 0 < campaign.counts.total < MANY
    assert campaign.expanded_at is None


async def test_a_pause_does_not_hold_the_expansion_up(stage: Stage) -> None:
    campaign_id = await draft(stage)
    await stage.advance(campaign_id, CampaignEvent.START)
    await stage.start()
    await stage.until_true(campaign_id, lambda one: one.counts.total > 0)
    await stage.advance(campaign_id, CampaignEvent.PAUSE)
    campaign = await assert_whole(stage, campaign_id)
    assert campaign.status is CampaignStatus.PAUSED


async def test_an_expansion_that_fails_pauses_the_campaign_and_resumes_with_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.worker.RETRY_SECONDS", 0.01)
    campaign_id = await draft(stage)
    await stage.run("ALTER TABLE deliveries ADD CONSTRAINT full_up CHECK (pos <= 12000)")
    await stage.advance(campaign_id, CampaignEvent.START)
    await stage.start()
    paused = await stage.until(campaign_id, CampaignStatus.PAUSED)
    assert paused.pause_reason == "expansion_failed"
    rows = await stage.run("SELECT status FROM operations")
    assert [row["status"] for row in rows] == [OperationStatus.FAILED]
    await stage.run("ALTER TABLE deliveries DROP CONSTRAINT full_up")
    await stage.advance(campaign_id, CampaignEvent.RESUME)
    await assert_whole(stage, campaign_id)
