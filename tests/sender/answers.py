"""People who reply, in the tests of the sender: what they say, what they got, what is counted."""

from __future__ import annotations

from typing import Any

from db.models.campaign import CampaignStatus
from db.models.opt_out import CONFIRMATIONS
from sandbox.person import Person
from sandbox.world import PersonRecord
from tests.sender.stage import Stage

FINISHED = CampaignStatus.FINISHED
PATIENCE = 90.0  # of a process that starts while all cores are busy


def hand(stage: Stage, one: PersonRecord) -> Person:
    return Person(stage.sandbox.world, one.id)


def got(stage: Stage, one: PersonRecord) -> list[str]:
    """What this person got, opt-out confirmations apart."""
    return [
        entry["text"]
        for entry in stage.sent()
        if entry["recipient"] == one.id and entry["text"] not in CONFIRMATIONS.values()
    ]


def confirmations(stage: Stage, one: PersonRecord) -> list[str]:
    return [
        entry["text"]
        for entry in stage.sent()
        if entry["recipient"] == one.id and entry["text"] in CONFIRMATIONS.values()
    ]


async def until_said(stage: Stage, one: PersonRecord, confirmation: str) -> None:
    await hand(stage, one).wait_until(lambda: confirmation in confirmations(stage, one), PATIENCE)


async def written_to(stage: Stage, *people: PersonRecord) -> int:
    """Run a campaign to these people until it is finished; return its id."""
    campaign_id = await stage.campaign(list(people))
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    return campaign_id


async def counters(stage: Stage, campaign_id: int) -> dict[str, Any]:
    (row,) = await stage.run(
        "SELECT answered, seen, opted_out FROM campaigns WHERE id = $1", campaign_id
    )
    return dict(row)
