"""What becomes of a delivery that may have arrived, once an admin has decided."""

from __future__ import annotations

from bot.unknowns import service
from db import barring
from db.models.admin import Admin, Role
from db.models.campaign import CampaignStatus
from db.models.contact import Identity
from db.models.suppression import SuppressionReason
from db.models.unknown import Decision
from db.queries import suppressions
from sandbox.world import PersonRecord
from tests.sender.stage import ADMIN_ID, Stage

FINISHED = CampaignStatus.FINISHED
ADMIN = Admin(ADMIN_ID, "Anna", Role.OWNER, "en", None)
MAKE_UNKNOWN = """
WITH doubted AS (
    UPDATE deliveries SET status = 'unknown', reason = 'account_lost', message_id = NULL
    WHERE campaign_id = $1 AND status = 'sent' RETURNING id
)
UPDATE campaigns SET recent = 'uuu', sent = sent - (SELECT count(*) FROM doubted),
    unknown = unknown + (SELECT count(*) FROM doubted) WHERE id = $1
"""


async def doubted(stage: Stage, people: list[PersonRecord]) -> int:
    """Return a finished campaign whose messages have arrived, which is not known here."""
    campaign_id = await stage.campaign(people, text="Hello, {{name}}!")
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    await stage.run(MAKE_UNKNOWN, campaign_id)
    await stage.run("UPDATE peers SET talked_at = NULL")
    return campaign_id


async def decide(stage: Stage, decision: Decision) -> None:
    (row,) = await stage.run("SELECT id, generation FROM deliveries")
    _, first = await service.decide(stage.database, ADMIN, row["id"], row["generation"], decision)
    assert first


async def test_what_is_sent_again_is_another_message_with_the_same_words(stage: Stage) -> None:
    (anna,) = stage.people(1)
    campaign_id = await doubted(stage, [anna])
    await stage.run("""UPDATE contact_list_members SET fields = '{"name": "Changed"}'""")
    await decide(stage, Decision.SEND_AGAIN)
    campaign = await stage.until(campaign_id, FINISHED)
    assert stage.copies() == {anna.id: 2}
    first, second = stage.sent()
    assert first["random_id"] != second["random_id"]
    assert (campaign.counts.sent, campaign.counts.unknown) == (1, 0)
    texts = {m.text for m in stage.sandbox.world.boxes[anna.id].values()}
    assert len(texts) == 1, "the content was frozen before the first attempt"


async def test_a_person_who_is_barred_is_never_sent_it_again(stage: Stage) -> None:
    (anna,) = stage.people(1)
    campaign_id = await doubted(stage, [anna])
    async with stage.database.transaction() as connection:
        key = await suppressions.get_suppression_key(connection)
        name = Identity(user_id=anna.id)
        await barring.bar(connection, key, SuppressionReason.BY_HAND, identities=[name])
    await decide(stage, Decision.SEND_AGAIN)
    campaign = await stage.until(campaign_id, FINISHED)
    assert await stage.reasons(campaign_id) == {("skipped", "suppressed"): 1}
    assert (campaign.counts.skipped, campaign.counts.unknown) == (1, 0)
    assert stage.copies() == {anna.id: 1}


async def test_another_account_sends_it_again_when_the_first_is_gone(stage: Stage) -> None:
    first, second = await stage.accounts(2)
    (anna,) = stage.people(1)
    campaign_id = await doubted(stage, [anna])
    await stage.run("INSERT INTO campaign_accounts VALUES ($1, $2)", campaign_id, second)
    await stage.run("UPDATE accounts SET lost_at = now() WHERE id = $1", first)
    await decide(stage, Decision.SEND_AGAIN)
    await stage.until(campaign_id, FINISHED)
    (row,) = await stage.run("SELECT account_id, status FROM deliveries")
    assert (row["account_id"], row["status"]) == (second, "sent")
    assert stage.copies() == {anna.id: 2}


async def test_who_got_it_is_no_first_contact_and_counts_for_the_frequency_cap(
    stage: Stage,
) -> None:
    (anna,) = stage.people(1)
    await doubted(stage, [anna])
    await decide(stage, Decision.ARRIVED)
    (peer,) = await stage.run("SELECT talked_at FROM peers")
    assert peer["talked_at"] is not None
    second = await stage.draft([anna])
    await stage.run("UPDATE campaigns SET frequency_hours = 24, frequency_skips = true")
    await stage.run("UPDATE campaigns SET status = 'running' WHERE id = $1", second)
    await stage.until(second, FINISHED)
    assert await stage.reasons(second) == {("skipped", "frequency"): 1}
    assert stage.copies() == {anna.id: 1}
