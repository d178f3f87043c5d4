"""Dialogs make people known: at sign-in, by each sweep, and with an incoming message."""

from __future__ import annotations

import time

import pytest

from db.models.campaign import CampaignStatus
from db.models.contact import Identity
from sandbox.faults import Latency, flood_wait
from sandbox.person import Person
from sandbox.world.chats import ChatKind
from tests.sender.answers import hand
from tests.sender.stage import ACCOUNT_ID, Stage

DAY = 86_400
KNOWN = """
SELECT peer_id, wrote_id IS NOT NULL AS wrote, talked_at IS NOT NULL AS talked
FROM persons LEFT JOIN peers ON person_id = persons.id
"""


async def known(stage: Stage) -> dict[int, tuple[bool, bool]]:
    """Who is known: (wrote to us, we wrote to them) by Telegram id."""
    return {row["peer_id"]: (row["wrote"], row["talked"]) for row in await stage.run(KNOWN)}


async def start_and_sweep(stage: Stage) -> None:
    """Start without the updates that were missed: all is from the dialogs."""
    await stage.run("DELETE FROM update_states")
    await stage.start()
    await swept(stage)


async def swept(stage: Stage) -> None:
    await stage.until_rows("SELECT FROM sweeps WHERE read_sign_in IS NOT NULL")


def ago(days: float) -> int:
    return int(time.time() - days * DAY)


async def test_the_first_sweep_reads_all_dialogs_however_old(stage: Stage) -> None:
    people = stage.people(230)
    for n, one in enumerate(people):
        await hand(stage, one).say(ACCOUNT_ID, "Hello", date=ago(400 - n))
    Person(stage.sandbox.world, ACCOUNT_ID).pin_dialog(people[3].id)
    await start_and_sweep(stage)
    assert await known(stage) == {one.id: (True, False) for one in people}
    assert await stage.run("SELECT FROM replies") == []  # they are no contacts


async def test_who_never_wrote_did_not_write(stage: Stage) -> None:
    """Joined Telegram, a bot, a deleted account, only we wrote, and those who wrote before us."""
    joined, silent, answered, unread, deleted, called = stage.people(6)
    olga = Person(stage.sandbox.world, ACCOUNT_ID)
    stage.sandbox.add_person("Bot", id=900, username="some_bot", is_bot=True)
    await hand(stage, joined).announce(ACCOUNT_ID, "contact_sign_up")
    await olga.say(silent.id, "Hello!")
    await hand(stage, answered).say(ACCOUNT_ID, "Do you have lavender?")
    await olga.read(answered.id)
    await olga.say(answered.id, "We do.")
    await hand(stage, unread).say(ACCOUNT_ID, "Are you there?")
    await olga.say(unread.id, "Yes.")
    await hand(stage, deleted).say(ACCOUNT_ID, "Hello")
    deleted.deleted = True
    await hand(stage, called).say(ACCOUNT_ID, "I call you")
    await hand(stage, called).announce(ACCOUNT_ID, "phone_call")
    await olga.say(900, "/start")
    await olga.say(ACCOUNT_ID, "A note")
    await start_and_sweep(stage)
    assert await known(stage) == {
        joined.id: (False, False),
        silent.id: (False, True),
        answered.id: (True, True),
        unread.id: (True, True),
        called.id: (True, False),
    }


async def test_contacts_are_taken_for_the_people_whose_names_dialogs_show(stage: Stage) -> None:
    by_name, by_id, other, earlier = stage.people(4)
    by_phone = stage.people(1, phone="12025550188", phone_visible_to="everybody")[0]
    await stage.contact_list(
        [
            Identity(username=by_name.username and by_name.username.upper()),
            Identity(user_id=by_id.id),
            Identity(username=other.username),
            Identity(phone="+12025550188"),
        ]
    )
    await hand(stage, earlier).say(ACCOUNT_ID, "Hello")
    await start_and_sweep(stage)
    for one in (by_name, by_id, by_phone):
        await hand(stage, one).say(ACCOUNT_ID, "Hello")  # the update brings them
    rows = await stage.until_rows(
        "SELECT peer_id, identified_at FROM contacts JOIN persons ON persons.id = person_id"
        " WHERE (SELECT count(*) = 3 FROM contacts WHERE person_id IS NOT NULL)"
    )
    assert {row["peer_id"] for row in rows} == {by_name.id, by_id.id, by_phone.id}
    assert {row["identified_at"] for row in rows} == {None}
    assert await known(stage) == dict.fromkeys(
        (by_name.id, by_id.id, by_phone.id, earlier.id), (True, False)
    )


async def test_stop_as_the_first_word_of_a_contact_bars(stage: Stage) -> None:
    """The account has never met them: the contact has a username only."""
    (one,) = stage.people(1)
    await stage.contact_list([Identity(username=one.username)])
    await stage.start()
    await hand(stage, one).say(ACCOUNT_ID, "STOP")
    await stage.until_rows("SELECT FROM suppressions WHERE reason = 'opt_out'")
    campaign_id = await stage.campaign([one])
    await stage.until(campaign_id, CampaignStatus.FINISHED)
    assert await stage.reasons(campaign_id) == {("skipped", "suppressed"): 1}


@pytest.mark.parametrize("kind", ["group", "channel"])
async def test_pages_of_groups_hide_no_one(stage: Stage, kind: ChatKind) -> None:
    (one,) = stage.people(1)
    await hand(stage, one).say(ACCOUNT_ID, "Hello", date=ago(60))
    world = stage.sandbox.world
    for n in range(120):
        chat = world.open_chat(kind, f"Garden {n}", ACCOUNT_ID)
        await world.send(ACCOUNT_ID, chat.id, text="Hello")
    await start_and_sweep(stage)
    assert await known(stage) == {one.id: (True, False)}


async def test_an_account_with_groups_alone_reads_them_all_once(stage: Stage) -> None:
    chat = stage.sandbox.world.open_chat("group", "Garden", ACCOUNT_ID)
    await stage.sandbox.world.send(ACCOUNT_ID, chat.id, text="Hello")
    await start_and_sweep(stage)
    assert await known(stage) == {}


async def test_the_first_sweep_goes_on_at_its_page_after_a_flood_wait(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.inbox.inbox.HOLD_SECONDS", 0.2)
    people = stage.people(430)
    for n, one in enumerate(people):
        await hand(stage, one).say(ACCOUNT_ID, "Hello", date=ago(500 - n))
    dialogs = "messages.getDialogs"
    first = stage.sandbox.faults.script(Latency(0), method=dialogs, count=4)
    second = stage.sandbox.faults.script(flood_wait(2), method=dialogs)
    third = stage.sandbox.faults.script(Latency(0), method=dialogs, count=None)
    await start_and_sweep(stage)
    assert len(await known(stage)) == 430
    assert (first.times_hit, second.times_hit) == (4, 1)
    assert third.times_hit <= 5  # to connect, the rest of the pages, then the first one once more
