"""Who wrote first is no first contact; strangers keep the caps, and dialogs choose the account."""

from __future__ import annotations

import asyncio
import time

import pytest

from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.contact import Identity
from sandbox.faults import Latency
from sandbox.world import PersonRecord
from tests.sender.answers import hand
from tests.sender.stage import ACCOUNT_ID, Stage

FINISHED = CampaignStatus.FINISHED
LOOK_UPS = ("contacts.resolveUsername", "contacts.resolvePhone")
DEFAULT = {
    "first_per_day": 10,
    "first_apart_seconds": 120,
    "lookups_per_day": 40,
    "lookup_apart_seconds": 3,
}
DAY = 86_400


async def shop(stage: Stage, count: int) -> list[PersonRecord]:
    """People who began a conversation, the first ones long ago; every third shows the phone."""
    people = []
    for n in range(count):
        shown = {"phone": f"1202555{n:04d}", "phone_visible_to": "everybody"} if n % 3 == 1 else {}
        (one,) = stage.people(1, **shown)
        people.append(one)
        date = int(time.time() - (2 * count - n) * DAY)
        await hand(stage, one).say(ACCOUNT_ID, "Do you have lavender?", date=date)
    return people


def named(n: int, one: PersonRecord) -> Identity:
    if n % 3 == 0:
        return Identity(user_id=one.id)
    return Identity(phone=f"+{one.phone}") if n % 3 == 1 else Identity(username=one.username)


@pytest.mark.parametrize("count", [0, 15])
async def test_all_who_wrote_first_are_reached_at_once_without_a_look_up(
    stage: Stage, count: int
) -> None:
    await stage.cap(**DEFAULT)
    people = await shop(stage, 40)
    strangers = stage.people(count)
    looked = stage.sandbox.faults.script(Latency(0), method=LOOK_UPS, count=None)
    to = [Identity(username=one.username) for one in strangers]
    to += [named(n, one) for n, one in enumerate(people)]
    campaign_id = await stage.draft(to)  # as they were imported, before the account was connected
    await stage.start()
    await stage.until_rows("SELECT FROM sweeps")
    await stage.advance(campaign_id, CampaignEvent.START)
    ids = {one.id for one in people}
    async with asyncio.timeout(60):
        while not ids <= stage.copies().keys():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    got = {one: n for one, n in stage.copies().items() if one != ACCOUNT_ID}
    assert got == dict.fromkeys(got, 1)
    assert len(got.keys() - ids) <= 1  # the next stranger's turn is in two minutes
    assert looked.times_hit <= count


async def test_the_account_that_has_the_conversation_sends(stage: Stage) -> None:
    """The dialogs began after the backup that the database was restored from."""
    first, second = await stage.accounts(2)
    people = stage.people(6)
    await hand(stage, people[0]).say(ACCOUNT_ID, "Hello")
    await hand(stage, people[0]).say(ACCOUNT_ID + 1, "Hello")
    await stage.start()
    await stage.until_rows("SELECT FROM sweeps HAVING count(*) = 2")
    await stage.stop()
    for one in people[1:]:
        await hand(stage, one).say(ACCOUNT_ID + 1, "Hello")
    await stage.run("DELETE FROM update_states")  # no update brings them
    campaign_id = await stage.campaign(people[1:], accounts=[first, second])
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    senders = {
        entry["sender"]
        for entry in stage.sent()
        if entry["recipient"] in {one.id for one in people[1:]}
    }
    assert senders == {ACCOUNT_ID + 1}
