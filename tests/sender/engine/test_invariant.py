"""A running campaign has something to claim, a moment, or has ended; and every row is true.

Random histories are played on real rows with the real engine. A failure prints the seed and the
whole course: `--histories 1 --history SEED` plays it again.
"""

from __future__ import annotations

import random

import pytest

from db.pool import Database
from db.queries import accounts, campaigns
from tests.sender.histories.history import History, raise_wait

HISTORIES = 40
SEED = """
WITH admin AS (INSERT INTO admins (id, name, role) VALUES (1, 'Anna', 'owner') RETURNING id)
INSERT INTO templates (name, text, created_by) SELECT 'T', 'Hi', id FROM admin
"""


async def no_sleep(_: float) -> None:
    """Look-ups wait for their turn; here they are made at once."""


@pytest.fixture
async def ready(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with a template; nothing of the engine waits for real time."""
    monkeypatch.setattr("sender.engine.slices.first_of", raise_wait)
    monkeypatch.setattr("sender.engine.settler.GATHER_SECONDS", 0.0)
    monkeypatch.setattr("sender.pacing.late_departures.FINEST_INTERVAL", 1e9)
    monkeypatch.setattr("sender.engine.slices.READINGS", 1)
    monkeypatch.setattr("sender.accounts.quotas.sleep", no_sleep)
    async with database.connection() as connection:
        await connection.execute(SEED)
    return database


async def test_a_running_campaign_always_goes_on_pauses_or_ends(
    ready: Database, pytestconfig: pytest.Config
) -> None:
    first = pytestconfig.getoption("history", None)
    seed = random.SystemRandom().randrange(10**6) if first is None else first
    for n in range(pytestconfig.getoption("histories", None) or HISTORIES):
        await History(ready, seed + n).play()


# --- what such histories have found ----------------------------------------------------

PIN = """
UPDATE deliveries SET account_id = $2, due_at = now() WHERE campaign_id = $1 AND pos = 1
"""
ABANDON = """
UPDATE deliveries SET account_id = $2, status = 'sending', claim_token = 1, claimed_by = 'other',
    claimed_until = now() WHERE campaign_id = $1 AND pos = 1
"""
LOSE = "UPDATE accounts SET lost_at = now() WHERE id = $1"


async def with_two_accounts(database: Database, statement: str, mode: str = "live") -> History:
    """Return a campaign to two people; the statement changes its first delivery.

    It gets the campaign and the second of its two accounts.
    """
    history = History(database, 0)
    world, telegram = history.world, history.telegram
    async with database.transaction() as connection:
        both = [await world.add_account(connection), await world.add_account(connection)]
        people = [await world.add_contact(connection, telegram, f"u{n}", n) for n in (7, 8)]
        campaign_id = await world.add_campaign(connection, people, both)
        await connection.execute("UPDATE campaigns SET mode = $1", mode)
        await connection.execute(statement, campaign_id, both[1])
    await history.start_process()
    return history


@pytest.mark.parametrize("mode", ["live", "test"])
async def test_a_campaign_pauses_for_what_only_an_account_on_hold_may_send(
    ready: Database, mode: str
) -> None:
    history = await with_two_accounts(ready, PIN, mode)
    async with ready.connection() as connection:
        await accounts.hold(connection, history.world.accounts[1], "FLOOD_WAIT_9999")
    await history.run_out()
    async with ready.connection() as connection:
        campaign = await campaigns.get(connection, history.world.campaigns[0])
    assert (campaign.status, campaign.pause_reason) == ("paused", "account_held")
    assert campaign.counts.sent == 1


async def test_an_abandoned_claim_of_a_lost_account_goes_on_with_another(ready: Database) -> None:
    history = await with_two_accounts(ready, ABANDON)
    async with ready.connection() as connection:
        await connection.execute(LOSE, history.world.accounts[1])
    await history.run_out()
    async with ready.connection() as connection:
        campaign = await campaigns.get(connection, history.world.campaigns[0])
    assert (campaign.status, campaign.counts.sent) == ("finished", 2)


async def test_a_test_campaign_ends_what_another_account_has_begun(ready: Database) -> None:
    history = await with_two_accounts(ready, PIN, "test")
    await history.run_out()
    async with ready.connection() as connection:
        campaign = await campaigns.get(connection, history.world.campaigns[0])
    assert (campaign.status, campaign.counts.sent) == ("finished", 2)
    assert [account for account, _, _ in history.telegram.effects] == [
        history.world.accounts[1],
        history.world.accounts[0],
    ]
