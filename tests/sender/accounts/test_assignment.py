"""Several accounts share a campaign, and each contact keeps its account."""

from __future__ import annotations

from db.models.account import Account
from db.models.campaign import CampaignStatus
from sender.accounts.login import adopt_session
from tests.sender.stage import ACCOUNT_ID, SECRET_KEY, Stage

OLEG = 501


async def test_contacts_are_spread_and_keep_their_account_in_the_next_campaign(
    stage: Stage,
) -> None:
    stage.sandbox.add_person("Oleg", id=OLEG, username="oleg_sends")
    session = stage.sandbox.issue_session(OLEG)
    oleg: Account = await adopt_session(stage.database, SECRET_KEY, stage.access, session)
    people = stage.people(8)
    await stage.start()
    writers: list[dict[int, int]] = []
    for _ in range(2):
        before = len(stage.sent())
        campaign_id = await stage.campaign(people, accounts=[stage.account.id, oleg.id])
        await stage.until(campaign_id, CampaignStatus.FINISHED)
        writers.append({e["recipient"]: e["sender"] for e in stage.sent()[before:]})
    assert set(writers[0].values()) == {ACCOUNT_ID, OLEG}
    assert writers[1] == writers[0], "the same account writes to the same person"
