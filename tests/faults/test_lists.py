"""The same people come again: in a second import, and under another name."""

from __future__ import annotations

from db.models.campaign import CampaignEvent
from db.models.contact import Identity
from tests.faults.conftest import Record
from tests.faults.rig import Rig


async def test_the_same_list_imported_twice_is_written_to_once(rig: Rig, record: Record) -> None:
    people = [
        rig.sandbox.add_person(f"P{n}", username=f"twice_{n}", phone=f"1202556{n:04}")
        for n in range(40)
    ]
    campaign_id = await rig.stage.draft(people, rate=(20, 1))
    rig.expect(campaign_id, people)
    again = [Identity(username=person.username) for person in people]
    by_phone = [Identity(phone=f"+{person.phone}") for person in people]
    for identities in (again, by_phone):
        list_id = await rig.stage.contact_list(identities)
        await rig.stage.run(
            "INSERT INTO campaign_contact_lists VALUES ($1, $2)", campaign_id, list_id
        )
    await rig.stage.advance(campaign_id, CampaignEvent.START)
    await rig.launch()
    verdict = await rig.verdict(campaign_id)
    record("the same list imported twice, and once by phone", verdict)
    assert verdict.good, verdict
