"""A real browser on the demo's page, with the real product behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize, async_playwright, expect

from demo.page import chat_page
from demo.stage import Stage
from demo.steps import guided_path
from tests.browser.chromium import ROOT, find_browser, flags
from tests.browser.visitor import Visitor

expect.set_options(timeout=60_000)  # other tests run beside these, on few cores

SECRET_KEY = "a key for tests only: 0123456789 abcdefghij"
SHOTS = ROOT / "build" / "screenshots"
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    path = find_browser()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags())
        yield browser
        await browser.close()


@pytest.fixture
async def town(tmp_path: Path, dsn: str, key_folder: Path) -> AsyncIterator[Stage]:
    """The town, with the product not started yet."""
    settings = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET_KEY}
    async with Stage(tmp_path, key_folder=key_folder, **settings) as stage:
        yield stage


@pytest.fixture
async def stage(town: Stage) -> Stage:
    """The town, with the product running."""
    await town.product.start()
    return town


@pytest.fixture
async def url(stage: Stage) -> AsyncIterator[str]:
    page = chat_page(stage, guided_path(stage.sample, stage.sandbox.world))
    yield await page.start(port=0)
    await page.close()


@pytest.fixture
async def visitor(browser: Browser, url: str) -> AsyncIterator[Visitor]:
    """Somebody with the page open."""
    async with visiting(browser, url) as visitor:
        yield visitor


@asynccontextmanager
async def visiting(browser: Browser, url: str) -> AsyncIterator[Visitor]:
    """Open the page at a desk, in daylight; the page must have nothing to complain of."""
    # axe-core is put into the page, which the page's own policy would refuse.
    context = await browser.new_context(
        viewport=DESK,
        color_scheme="light",
        locale="en-GB",
        timezone_id="Europe/Moscow",
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    visitor = Visitor(page, SHOTS)
    await page.goto(url)
    yield visitor
    await context.close()
    assert visitor.complaints == []
