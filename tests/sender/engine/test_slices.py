"""A slice that fails holds up nothing: its claim is released, and the next tick begins another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from db.models.campaign import CampaignStatus
from db.queries import claims, freezes
from tests.sender.stage import Stage


async def test_a_claim_whose_preparation_failed_is_released(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expired claim is taken over, too, but here that would take an hour."""
    monkeypatch.setattr(claims, "CLAIM_TIMEOUT", timedelta(hours=1))
    freeze, failures = freezes.freeze, 2

    async def cut(*args: Any) -> Any:
        nonlocal failures
        if failures > 0:
            failures -= 1
            raise ConnectionError("the connection was cut")
        return await freeze(*args)

    monkeypatch.setattr(freezes, "freeze", cut)
    people = stage.people(5)
    campaign_id = await stage.campaign(people)
    await stage.start()
    await stage.until(campaign_id, CampaignStatus.FINISHED)
    assert failures == 0
    assert stage.copies() == {person.id: 1 for person in people}
