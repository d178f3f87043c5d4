"""The whole product behind a real pooler, as `make demo ARGS=--tour` plays it without one."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from demo.narrator import Narrator
from demo.product import Product
from demo.stage import Stage
from demo.tour import Tour

SECRET_KEY = "a key for tests only: 0123456789 abcdefghij"
LOOK_SECONDS = 0.05


@pytest.fixture
async def stage(tmp_path: Path, pooled_dsn: str, key_folder: Path) -> AsyncIterator[Stage]:
    """Yield the demo's stage; the product is not started yet."""
    settings = {"DATABASE_URL": pooled_dsn, "SECRET_KEY": SECRET_KEY}
    async with Stage(tmp_path, key_folder=key_folder, **settings) as stage:
        yield stage


async def test_a_whole_campaign_with_a_flood_and_a_kill_reaches_everybody_once(
    stage: Stage,
) -> None:
    verdict = await Tour(stage, Narrator(io.StringIO())).play()
    assert verdict.good, verdict
    assert (verdict.audience, verdict.sent, verdict.failed, verdict.skipped) == (300, 275, 22, 3)
    said = stage.product.log.read_text("utf-8")
    assert "behind a pooler" in said
    assert "Traceback" not in said


async def test_a_second_run_stands_by_and_takes_the_bot_over(stage: Stage) -> None:
    second = Product(stage.folder / "second", {}, **stage.product.environment)
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
    async with asyncio.timeout(90):
        while True:
            if words in product.log.read_text("utf-8"):
                return
            await asyncio.sleep(LOOK_SECONDS)
