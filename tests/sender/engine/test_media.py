"""An account uploads a file once, for all campaigns and recipients."""

from __future__ import annotations

import secrets

from db.models.campaign import CampaignStatus
from db.queries import media
from sandbox.faults import Latency
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
