"""Postgres crashes, is away, loses its connections, or wakes up with the rows of yesterday."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from db.models.campaign import CampaignEvent
from db.models.contact import Identity
from db.pool import open_database
from tests.faults.conftest import Record
from tests.faults.rig import Rig
from tests.faults.server import PostgresServer, copy_database, cut_connections


async def test_a_postgres_that_crashes_costs_nothing(
    own_rig: Rig, server: PostgresServer, record: Record, long: bool
) -> None:
    rig, crashes = own_rig, 10 if long else 2
    campaign_id = await rig.campaign(40 * crashes + 40)
    await rig.launch()
    async with rig.supervised():
        for _ in range(crashes):
            await rig.until_effects(rig.effects() + rig.chance.randint(5, 30))
            await server.crash()
            await server.start()
        verdict = await rig.verdict(campaign_id, 300)
    record("Postgres crashes and restarts", verdict, hits=crashes)
    assert verdict.good, verdict


async def test_a_postgres_that_is_away_costs_nothing(
    own_rig: Rig, server: PostgresServer, record: Record, long: bool
) -> None:
    rig, seconds = own_rig, 70 if long else 5
    campaign_id = await rig.campaign(120)
    await rig.launch()
    async with rig.supervised():
        await rig.until_effects(30)
        await server.crash()
        await asyncio.sleep(seconds)  # the outage itself
        await server.start()
        verdict = await rig.verdict(campaign_id, 300)
    record(f"Postgres is down for {seconds} s", verdict)
    assert verdict.good, verdict


async def test_connections_cut_at_any_moment_cost_nothing(
    rig: Rig, record: Record, long: bool
) -> None:
    cuts = 100 if long else 10
    campaign_id = await rig.campaign(cuts * 8 + 40)
    await rig.launch()
    async with rig.supervised():
        for _ in range(cuts):
            before = rig.effects()
            await rig.until_effects(before + rig.chance.randint(1, 8))
            await asyncio.sleep(rig.chance.uniform(0.0, 0.15))  # settled 0.1 s after the effect
            await cut_connections(rig.dsn)
        verdict = await rig.verdict(campaign_id, 300)
    record("connections to Postgres cut, also at COMMIT", verdict, hits=cuts)
    assert verdict.good, verdict


async def test_a_database_restored_from_a_backup_repeats_nothing(
    rig: Rig, postgres: str, record: Record
) -> None:
    """Taken in the middle of the campaign; the rest was delivered since. It is resumed."""
    live = urlsplit(rig.dsn).path.lstrip("/")
    campaign_id = await rig.campaign(120)
    await rig.launch()
    await rig.until_effects(30)
    await rig.product.kill()
    await rig.database.close()
    await copy_database(postgres, live, "backup")
    await rig.product.launch()
    await rig.until_effects(90)
    await rig.product.kill()
    await copy_database(postgres, "backup", live)
    rig.reopen(await open_database(rig.dsn, connections=4))
    before = await rig.stage.get(campaign_id)
    assert before.counts.sent <= 40, "the backup is as new as the database"
    await rig.product.launch()
    verdict = await rig.verdict(campaign_id)
    record("a database restored from an older backup", verdict)
    assert verdict.good, verdict


async def test_a_draft_restored_from_a_backup_and_started_again_repeats_nothing(
    rig: Rig, postgres: str, record: Record
) -> None:
    live = urlsplit(rig.dsn).path.lstrip("/")
    people = rig.stage.people(40)
    campaign_id = await rig.stage.draft(people, rate=(20, 1))
    rig.expect(campaign_id, people)
    await rig.database.close()
    await copy_database(postgres, live, "backup")
    rig.reopen(await open_database(rig.dsn, connections=4))
    await rig.stage.advance(campaign_id, CampaignEvent.START)
    await rig.product.launch()
    await rig.until_effects(25)
    await rig.product.kill()
    await rig.database.close()
    await copy_database(postgres, "backup", live)
    rig.reopen(await open_database(rig.dsn, connections=4))
    await rig.stage.advance(campaign_id, CampaignEvent.START)
    await rig.product.launch()
    verdict = await rig.verdict(campaign_id)
    record("a backup from before the start, started again", verdict)
    assert verdict.good, verdict


IMPORTED = "INSERT INTO campaign_contact_lists VALUES ($1, $2)"


@pytest.mark.parametrize("processes", [1])
async def test_a_backup_older_than_the_import_repeats_nothing(
    several: Rig, postgres: str, record: Record, processes: int
) -> None:
    """The same list is imported again in another order, so that its rows have other numbers."""
    rig, live = several, urlsplit(several.dsn).path.lstrip("/")
    people = rig.stage.people(12)
    campaign_id = await rig.draft([], rate=(20, 1))
    rig.expect(campaign_id, people)

    async def import_and_start(order: list[int]) -> list[int]:
        names = [Identity(username=people[n].username) for n in order]
        list_id = await rig.stage.contact_list(names)
        await rig.stage.run(IMPORTED, campaign_id, list_id)
        await rig.stage.advance(campaign_id, CampaignEvent.START)
        await rig.launch()
        rows = await rig.stage.run("SELECT id FROM contacts ORDER BY username")
        return [row["id"] for row in rows]

    await rig.database.close()
    await copy_database(postgres, live, "backup")
    rig.reopen(await open_database(rig.dsn, connections=4))
    before = await import_and_start(list(range(12)))
    await rig.until_effects(12)
    for process in rig.processes:
        await process.kill()
    await rig.database.close()
    await copy_database(postgres, "backup", live)
    rig.reopen(await open_database(rig.dsn, connections=4))
    after = await import_and_start(rig.chance.sample(range(12), 12))
    assert before != after, "the rows have the same numbers"
    verdict = await rig.verdict(campaign_id)
    record(
        "a backup from before the import, imported in another order", verdict, processes=processes
    )
    assert verdict.good, verdict
