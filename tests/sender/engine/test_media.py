"""An account uploads a file once, for all campaigns and recipients."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

from db.models.campaign import CampaignStatus
from db.queries import media, templates
from sandbox.faults import Cut, Latency
from sender.accounts.eligibility import Eligibility, Plan
from sender.telegram.account_client import AccountClient
from tests.sender.clients import open_clients
from tests.sender.stage import PICTURE, Stage

MEGABYTES = 5 * 1024 * 1024
PART = 128 * 1024  # the size of Telethon's parts of a file of this size


async def test_five_megabytes_for_a_thousand_people_are_uploaded_once(stage: Stage) -> None:
    picture = PICTURE + secrets.token_bytes(MEGABYTES - len(PICTURE))
    async with stage.database.transaction() as connection:
        photo = await media.add(connection, "photo", "cat.jpg", "image/jpeg", picture)
    parts, uploads = [
        stage.sandbox.faults.script(Latency(0), method=method, count=None)
        for method in ("upload.saveFilePart", "messages.uploadMedia")
    ]
    campaigns = {
        await stage.campaign(stage.people(count), media_id=photo, rate=(1000, 1)): count
        for count in (1000, 20)
    }
    await stage.start()
    for campaign_id, count in campaigns.items():
        assert (await stage.until(campaign_id, CampaignStatus.FINISHED)).counts.sent == count
    await stage.stop()
    again = await stage.campaign(stage.people(5), media_id=photo)
    await stage.start()
    assert (await stage.until(again, CampaignStatus.FINISHED)).counts.sent == 5
    assert uploads.times_hit == 1
    assert parts.times_hit * PART == MEGABYTES
    assert len({entry["media_id"] for entry in stage.sent()}) == 1
    assert set(stage.copies().values()) == {1}


async def test_a_failed_upload_closes_its_own_client_and_no_other(stage: Stage) -> None:
    async with stage.database.transaction() as connection:
        photo = await media.add(connection, "photo", "cat.jpg", "image/jpeg", PICTURE)
    campaign = await stage.get(await stage.campaign(stage.people(1), media_id=photo))
    async with stage.database.connection() as connection:
        template = await templates.get(connection, campaign.template_id or 0)
    clients = await open_clients(stage.database, stage.access)
    eligibility = Eligibility(stage.database, clients)
    first = await clients.get(stage.account.id)
    stage.sandbox.faults.script(Cut("before_effect"), method="upload.saveFilePart")

    async def other() -> AccountClient:  # a message or a sweep that needs a client meanwhile
        while True:
            if (client := await clients.get(stage.account.id)) is not first:
                return client
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        second = group.create_task(other())
        assert await eligibility.senders(Plan(campaign, template, timedelta(seconds=1))) == []
    assert await clients.get(stage.account.id) is second.result()
    await clients.close()
