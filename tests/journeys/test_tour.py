"""The tour that `make demo ARGS=--tour` plays is itself a test of the whole product."""

from __future__ import annotations

from demo.narrator import Narrator
from demo.stage import Stage
from demo.tour import Tour


async def test_a_whole_campaign_with_a_flood_and_a_kill_reaches_everybody_once(
    stage: Stage, narrator: Narrator
) -> None:
    verdict = await Tour(stage, narrator).play()
    assert verdict.good, verdict
    assert (verdict.audience, verdict.sent, verdict.failed, verdict.skipped) == (300, 275, 22, 3)
