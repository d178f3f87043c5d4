"""The whole product behind a real pooler, as `make demo ARGS=--tour` plays it without one."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from sandbox.demo.product import Product
from sandbox.demo.stage import Stage
from sandbox.demo.story import Story
from sandbox.demo.tour import Tour

SECRET_KEY = "a key for tests only: 0123456789 abcdefghij"


@pytest.fixture
def settings(pooled_dsn: str) -> dict[str, str]:
    return {"DATABASE_URL": pooled_dsn, "SECRET_KEY": SECRET_KEY}


async def test_a_whole_campaign_with_a_flood_and_a_kill_reaches_everybody_once(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    async with Stage(tmp_path, **settings) as stage:
        verdict = await Tour(stage, Story(io.StringIO())).play()
        said = stage.product.log.read_text("utf-8")
    assert verdict.good, verdict
    assert (verdict.audience, verdict.sent, verdict.failed, verdict.skipped) == (300, 275, 22, 3)
    assert "behind a pooler" in said
    assert "Traceback" not in said


async def test_a_second_run_stands_by_and_takes_the_bot_over(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    async with Stage(tmp_path, **settings) as stage:
        second = Product(tmp_path / "second", stage.sandbox.environment(), **settings)
        await stage.product.start()
        try:
            await second.launch()
            await until_said(second, "Standing by")
            assert "Running as @" not in second.log.read_text("utf-8")
            await stage.product.kill()
            await until_said(second, "Running as @")
        finally:
            await second.stop()


async def until_said(product: Product, words: str) -> None:
    async with asyncio.timeout(30):
        while words not in product.log.read_text("utf-8"):
            await asyncio.sleep(0.05)
