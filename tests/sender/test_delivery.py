"""A campaign reaches everybody once: the whole sender against the sandbox."""

from __future__ import annotations

from db.models.campaign import CampaignStatus
from tests.sender.stage import Stage


async def test_everybody_gets_one_copy_with_their_own_words(stage: Stage) -> None:
    people = stage.people(20)
    campaign_id = await stage.campaign(people)
    await stage.start()
    campaign = await stage.until(campaign_id, CampaignStatus.FINISHED)
    assert campaign.counts.sent == 20
    assert stage.copies() == {person.id: 1 for person in people}
    assert [entry["text"] for entry in stage.sent()] == [f"Hello, N{n}!" for n in range(1, 21)]
