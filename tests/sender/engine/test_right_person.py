"""The right person: names are compared, people are recognised, and rules hold for the person."""

from __future__ import annotations

import pytest

from db import barring
from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.contact import Identity
from db.models.suppression import SuppressionReason
from db.queries import suppressions
from sandbox.faults import RpcError
from sender.telegram.resolve import resolve
from tests.sender.stage import ADMIN_ID, Stage

FINISHED = CampaignStatus.FINISHED
SEND = "messages.sendMessage"


async def finish(stage: Stage, campaign_id: int) -> dict[str, int]:
    """Return how often each reason ended a delivery; "sent" for those that were sent."""
    await stage.until(campaign_id, FINISHED)
    found = await stage.reasons(campaign_id)
    return {reason or status: n for (status, reason), n in found.items()}


# --- who it is ---------------------------------------------------------------------


async def test_nobody_is_written_to_when_two_names_are_two_people(stage: Stage) -> None:
    olga = stage.sandbox.add_person("Olga", phone="15550002001", username="olga_new")
    other = stage.sandbox.add_person("Other", username="olga")
    campaign_id = await stage.campaign([Identity(phone=f"+{olga.phone}", username="olga")])
    await stage.start()
    assert await finish(stage, campaign_id) == {"two_people": 1}
    assert stage.copies() == {}
    assert other.id != olga.id


async def test_a_username_that_was_given_up_does_not_stop_the_phone(stage: Stage) -> None:
    olga = stage.sandbox.add_person("Olga", phone="15550002001", username="olga_new")
    campaign_id = await stage.campaign([Identity(phone=f"+{olga.phone}", username="olga_old")])
    await stage.start()
    assert await finish(stage, campaign_id) == {"sent": 1}
    assert stage.copies() == {olga.id: 1}


async def test_an_id_and_the_phone_of_another_are_two_people(stage: Stage) -> None:
    anna = stage.sandbox.add_person("Anna", phone="15550002001")
    ivan = stage.sandbox.add_person("Ivan", phone="15550002002")
    campaign_id = await stage.campaign([Identity(user_id=anna.id, phone=f"+{ivan.phone}")])
    await stage.start()
    assert await finish(stage, campaign_id) == {"two_people": 1}
    assert stage.copies() == {}


async def test_the_account_itself_is_skipped(stage: Stage) -> None:
    itself = stage.sandbox.world.people[stage.account.user_id]
    itself.username = "shop_itself"
    campaign_id = await stage.campaign([Identity(username="shop_itself")])
    await stage.start()
    assert await finish(stage, campaign_id) == {"self": 1}


async def test_bots_and_deleted_accounts_are_skipped(stage: Stage) -> None:
    stage.sandbox.add_bot("7000000009:AAhelper", "helper_bot", "Helper")
    anna, gone = stage.people(2)
    await stage.start()
    await finish(stage, await stage.campaign([gone]))  # the session has met them
    gone.deleted = True
    await stage.run("DELETE FROM peers")
    await stage.run("UPDATE contacts SET person_id = NULL, identified_at = NULL")
    to = [Identity(username="helper_bot"), Identity(user_id=gone.id)]
    campaign_id = await stage.campaign([*to, Identity(username=anna.username)])
    await stage.until(campaign_id, FINISHED)
    assert await stage.reasons(campaign_id) == {
        ("skipped", "USER_IS_BOT"): 1,
        ("skipped", "INPUT_USER_DEACTIVATED"): 1,
        ("sent", None): 1,
    }


async def test_one_id_that_does_not_exist_stops_nothing(stage: Stage) -> None:
    people = stage.people(2)
    to = [Identity(user_id=999_999), *(Identity(username=one.username) for one in people)]
    campaign_id = await stage.campaign(to)
    await stage.start()
    assert await finish(stage, campaign_id) == {"PEER_UNKNOWN": 1, "sent": 2}
    assert stage.copies() == {one.id: 1 for one in people}


async def test_an_error_about_one_contact_touches_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = stage.people(4)

    async def fail(client: object, identity: Identity, *rest: object) -> object:
        if identity.username == people[1].username:
            raise AssertionError("a defect")
        return await resolve(client, identity, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("sender.engine.addressing.resolve", fail)
    monkeypatch.setattr("sender.outcome.retry.FIRST_RETRY", 0.05)
    campaign_id = await stage.campaign(people, retry_limit=1)
    await stage.start()
    assert await finish(stage, campaign_id) == {"AssertionError": 1, "sent": 3}


# --- barred under every name ----------------------------------------------------------


async def test_a_block_bars_the_person_under_every_name_and_from_every_account(
    stage: Stage,
) -> None:
    anna = stage.sandbox.add_person("Anna", phone="15550002001", username="anna")
    _, second = await stage.accounts(2)
    stage.sandbox.faults.script(RpcError("USER_IS_BLOCKED"), method=SEND, recipient=anna.id)
    first = await stage.campaign([Identity(username="anna")])
    await stage.start()
    assert await finish(stage, first) == {"USER_IS_BLOCKED": 1}
    for name in (Identity(phone=f"+{anna.phone}"), Identity(user_id=anna.id)):
        again = await stage.campaign([name], accounts=[second])
        assert await finish(stage, again) in ({"suppressed": 1}, {"PEER_UNKNOWN": 1})
    assert stage.copies() == {}
    rows = await stage.run("SELECT count(*) FROM deliveries WHERE reason = 'suppressed'")
    assert rows[0]["count"] == 2


async def test_a_username_on_the_stop_list_bars_the_phone_of_that_person(stage: Stage) -> None:
    anna = stage.sandbox.add_person("Anna", phone="15550002001", username="anna")
    async with stage.database.transaction() as connection:
        key = await suppressions.get_suppression_key(connection)
        await barring.bar(
            connection,
            key,
            SuppressionReason.BY_HAND,
            identities=[Identity(username="anna")],
            admin_id=ADMIN_ID,
        )
    campaign_id = await stage.campaign([Identity(phone=f"+{anna.phone}")])
    await stage.start()
    assert await finish(stage, campaign_id) == {"suppressed": 1}
    assert stage.copies() == {}


# --- the frequency cap -----------------------------------------------------------------


@pytest.mark.parametrize("skips", [False, True])
async def test_of_two_campaigns_at_once_a_person_gets_one(stage: Stage, skips: bool) -> None:
    people = stage.people(20)
    by_name = [Identity(username=one.username) for one in people]
    both = [await stage.draft(by_name), await stage.draft(by_name)]
    await stage.run("UPDATE campaigns SET frequency_hours = 24, frequency_skips = $1", skips)
    for campaign_id in both:
        await stage.advance(campaign_id, CampaignEvent.START)
    await stage.start()
    await stage.until_sent(20)
    if skips:
        for campaign_id in both:
            await stage.until(campaign_id, FINISHED)
    else:
        await stage.until_rows(
            "SELECT FROM deliveries WHERE reason = 'frequency' AND status = 'pending'"
            " HAVING count(*) = 20"
        )
    assert stage.copies() == {one.id: 1 for one in people}


async def test_those_who_wait_for_the_frequency_cap_get_it_when_their_time_comes(
    stage: Stage,
) -> None:
    (anna,) = stage.people(1)
    await stage.start()
    await finish(stage, await stage.campaign([anna]))
    second = await stage.draft([anna])
    await stage.run("UPDATE campaigns SET frequency_hours = 24 WHERE id = $1", second)
    await stage.advance(second, CampaignEvent.START)
    (row,) = await stage.until_rows(
        "SELECT due_at - now() AS wait FROM deliveries WHERE reason = 'frequency'"
        " AND due_at > now() + interval '23 hours'"
    )
    assert row["wait"].total_seconds() < 24 * 3600
    await stage.run(
        "UPDATE deliveries SET settled_at = now() - interval '25 h' WHERE status = 'sent'"
    )
    await stage.run("UPDATE deliveries SET due_at = now() WHERE due_at IS NOT NULL")
    assert await finish(stage, second) == {"sent": 1}
    assert stage.copies() == {anna.id: 2}


# --- accounts that are lost ---------------------------------------------------------------


async def test_what_certainly_did_not_arrive_goes_on_with_another_account(stage: Stage) -> None:
    first, second = await stage.accounts(2)
    (anna,) = stage.people(1)
    stage.sandbox.faults.script(
        RpcError("FLOOD_WAIT_30", 420), method=SEND, account=stage.account.user_id
    )
    campaign_id = await stage.campaign([anna], accounts=[first])
    await stage.start()
    await stage.until_rows("SELECT FROM deliveries WHERE status = 'pending' AND account_id = 1")
    await stage.run("INSERT INTO campaign_accounts VALUES ($1, $2)", campaign_id, second)
    await stage.run("UPDATE accounts SET lost_at = now() WHERE id = $1", first)
    await stage.run("UPDATE deliveries SET due_at = now() WHERE status = 'pending'")
    assert await finish(stage, campaign_id) == {"sent": 1}
    assert stage.copies() == {anna.id: 1}


# --- look-ups --------------------------------------------------------------------------------


async def test_a_flood_wait_on_a_lookup_stops_lookups_only(stage: Stage) -> None:
    friend, stranger = stage.people(2)
    await stage.start()
    await finish(stage, await stage.campaign([friend]))
    stage.sandbox.faults.script(RpcError("FLOOD_WAIT_300", 420), method="contacts.resolveUsername")
    campaign_id = await stage.campaign([stranger, friend])
    await stage.until_sent(2)
    assert stage.copies() == {friend.id: 2}
    assert (await stage.statuses())[0][0] == "active"
    (caps,) = await stage.run(
        "SELECT next_lookup_at > now() + interval '4 min' AS ok FROM account_caps"
    )
    assert caps["ok"]
    await stage.until_true(campaign_id, lambda campaign: campaign.counts.sent == 1)


async def test_lookups_are_apart_and_counted_as_telegram_hears_them(stage: Stage) -> None:
    await stage.cap(lookup_apart_seconds=1)
    people = stage.people(3)
    gone = Identity(username="nobody_here")
    campaign_id = await stage.campaign([gone, *(Identity(username=one.username) for one in people)])
    await stage.start()
    assert await finish(stage, campaign_id) == {"USERNAME_NOT_OCCUPIED": 1, "sent": 3}
    (row,) = await stage.run("SELECT lookups_today FROM account_caps")
    assert row["lookups_today"] == 4


async def test_phones_are_looked_up_at_telegrams_pace(stage: Stage) -> None:
    """The sandbox takes one contacts.resolvePhone in three seconds, as Telegram does."""
    await stage.cap(lookup_apart_seconds=3)
    people = [stage.people(1, phone=f"1202555077{n}")[0] for n in range(3)]
    campaign_id = await stage.campaign([Identity(phone=f"+{one.phone}") for one in people])
    await stage.start()
    assert await finish(stage, campaign_id) == {"sent": 3}
    (row,) = await stage.run("SELECT lookups_today, lookup_wait_reason FROM account_caps")
    assert tuple(row) == (3, None)
