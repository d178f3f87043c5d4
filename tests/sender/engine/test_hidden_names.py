"""A name belongs to a person also when Telegram does not show that person: names are compared."""

from __future__ import annotations

import pytest

from db.models.campaign import CampaignStatus
from db.models.contact import Identity
from sandbox.faults import Substitute
from tests.sender.stage import Stage


@pytest.mark.parametrize(
    ("username", "end"), [("olga", ("sent", None)), ("other", ("failed", "two_people"))]
)
async def test_a_phone_whose_owner_is_not_shown_is_compared_all_the_same(
    stage: Stage, username: str, end: tuple[str, str | None]
) -> None:
    """https://core.telegram.org/constructor/userEmpty"""
    olga = stage.sandbox.add_person("Olga", phone="15550002001", username="olga")
    stage.sandbox.add_person("Other", username="other")
    stage.sandbox.faults.script(Substitute("userEmpty"), method="contacts.resolvePhone")
    campaign_id = await stage.campaign([Identity(phone=f"+{olga.phone}", username=username)])
    await stage.start()
    await stage.until(campaign_id, CampaignStatus.FINISHED)
    assert await stage.reasons(campaign_id) == {end: 1}
    assert stage.copies() == ({olga.id: 1} if username == "olga" else {})
