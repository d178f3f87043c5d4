"""A tour is shown on the open page, chapter by chapter."""

from __future__ import annotations

import asyncio
import io

import pytest
from playwright.async_api import Browser, expect

from demo import tour
from demo.narrator import Narrator
from demo.page import chat_page
from demo.stage import Stage
from tests.browser.conftest import visiting

RATE = "80/s"

# Records every text of the guide's title and of the conversation's title, in order.
WATCH = """() => {
  window.shown = {};
  for (const place of ["#guide h3", "#title"]) {
    const seen = (window.shown[place] = []);
    const look = () => {
      const text = document.querySelector(place)?.textContent;
      if (text && seen.at(-1) !== text) seen.push(text);
    };
    const changes = {subtree: true, childList: true, characterData: true};
    new MutationObserver(look).observe(document.body, changes);
    look();
  }
}"""


async def test_an_open_page_shows_each_chapter_of_a_tour(
    browser: Browser, idle_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(tour, "LOOK_SECONDS", 3)
    monkeypatch.setattr(tour, "FLOOD_SECONDS", 2)
    page = chat_page(idle_stage, tour.CHAPTERS, audience=idle_stage.sample.reachable)
    url = await page.start(port=0)
    async with visiting(browser, url) as visitor, asyncio.TaskGroup() as group:
        await expect(visitor.page.locator("#title")).to_have_text("Campaign desk")
        await visitor.page.evaluate(WATCH)
        playing = group.create_task(
            tour.Tour(idle_stage, Narrator(io.StringIO()), page, RATE).play()
        )

        await visitor.sees("clients_may.csv", seconds=120)  # after the start and the sign-in
        await visitor.sees("fair_2026 is saved")
        card = visitor.page.locator("#log .message", has_text="sent ·").last
        await expect(card).to_contain_text("▰")
        await expect(visitor.page.locator("#log .file", has_text="campaign-1.csv")).to_be_visible(
            timeout=60_000
        )
        await visitor.counts("People", str(len(idle_stage.sample.reachable)))
        await visitor.counts("Sent twice", "0")
        await visitor.counts("Lost", "0")
        await visitor.shoots("tour")

        shown = await visitor.page.evaluate("window.shown")
        assert shown["#guide h3"] == [
            f"{at} / {len(tour.CHAPTERS)}{step.title}" for at, step in enumerate(tour.CHAPTERS, 1)
        ]
        desk, phone, back = shown["#title"]
        assert (desk, back) == ("Campaign desk", "Campaign desk")
        assert phone.endswith("’s phone")
        assert (await playing).good
    await page.close()
