"""Who was barred by /optout under one name gets nothing under another."""

from __future__ import annotations

import pytest

from bot.opt_outs import service
from bot.opt_outs.intake.reading import read
from db.models.admin import Admin, Role
from db.models.campaign import CampaignStatus
from db.models.contact import Identity
from tests.sender.stage import ADMIN_ID, Stage

ADMIN = Admin(ADMIN_ID, "Anna", Role.OWNER, "en", None)


async def opt_out(stage: Stage, typed: str) -> None:
    understood, rest = await service.read(stage.database, read(typed, "RU"))
    assert len(await service.bar(stage.database, ADMIN, understood)) == 1
    assert (rest.to_ask, rest.not_understood) == ((), ())


@pytest.mark.parametrize("typed", ["@anna", "{id}", "id {id}", "t.me/anna", "tg://user?id={id}"])
@pytest.mark.parametrize("listed_before", [True, False])
async def test_one_name_is_barred_and_a_list_has_the_phone(
    stage: Stage, typed: str, listed_before: bool
) -> None:
    anna = stage.sandbox.add_person("Anna", phone="15550002001", username="anna")
    phone = Identity(phone=f"+{anna.phone}")
    await stage.start()
    if listed_before:
        first = await stage.campaign([phone])
        await stage.until(first, CampaignStatus.FINISHED)
    await opt_out(stage, typed.format(id=anna.id))
    campaign_id = await stage.campaign([phone])
    await stage.until(campaign_id, CampaignStatus.FINISHED)
    assert await stage.reasons(campaign_id) == {("skipped", "suppressed"): 1}
    assert stage.copies() == ({anna.id: 1} if listed_before else {})


async def test_the_phone_is_barred_and_a_list_has_the_name(stage: Stage) -> None:
    anna = stage.sandbox.add_person("Anna", phone="15550002001", username="anna")
    await stage.start()
    first = await stage.campaign([Identity(phone=f"+{anna.phone}")])
    await stage.until(first, CampaignStatus.FINISHED)
    await opt_out(stage, f"+{anna.phone}")
    campaign_id = await stage.campaign([Identity(username="anna")])
    await stage.until(campaign_id, CampaignStatus.FINISHED)
    assert await stage.reasons(campaign_id) == {("skipped", "suppressed"): 1}
    assert stage.copies() == {anna.id: 1}
