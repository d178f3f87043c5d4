"""Fixtures: Chromium on the demo's page, with the product running behind it."""

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

expect.set_options(timeout=60_000)  # ms; other tests share the cores

SECRET_KEY = "a key for tests only: 0123456789 abcdefghij"
SHOTS = ROOT / "build" / "screenshots"
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Yield the system's Chromium, driven by Playwright."""
    path = find_browser()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags())
        yield browser
        await browser.close()


@pytest.fixture
async def idle_stage(tmp_path: Path, dsn: str, key_folder: Path) -> AsyncIterator[Stage]:
    """Yield a stage whose product is not started."""
    settings = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET_KEY}
    async with Stage(tmp_path, key_folder=key_folder, **settings) as stage:
        yield stage


@pytest.fixture
async def stage(idle_stage: Stage) -> Stage:
    """Return a stage whose product runs."""
    await idle_stage.product.start()
    return idle_stage


@pytest.fixture
async def url(stage: Stage) -> AsyncIterator[str]:
    """Yield the URL of the demo's page with its guide."""
    page = chat_page(stage, guided_path(stage.sample, stage.sandbox.world))
    yield await page.start(port=0)
    await page.close()


@pytest.fixture
async def visitor(browser: Browser, url: str) -> AsyncIterator[Visitor]:
    """Yield a visitor with the page open."""
    async with visiting(browser, url) as visitor:
        yield visitor


@asynccontextmanager
async def visiting(browser: Browser, url: str) -> AsyncIterator[Visitor]:
    """Open the page in a desktop window, in the light theme.

    On exit the page must have logged no error and no warning.
    """
    context = await browser.new_context(
        viewport=DESK,
        color_scheme="light",
        locale="en-GB",
        timezone_id="Europe/Moscow",
        bypass_csp=True,  # the page's policy refuses the injected axe-core
        reduced_motion="reduce",
    )
    page = await context.new_page()
    visitor = Visitor(page, SHOTS)
    await page.goto(url)
    yield visitor
    await context.close()
    assert visitor.complaints == []
