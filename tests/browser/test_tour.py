"""A tour plays before the eyes of whoever has the page open."""

from __future__ import annotations

import asyncio
import io

import pytest
from playwright.async_api import Browser, expect

from demo import tour
from demo.narrator import Story
from demo.page import chat_page
from demo.stage import Stage
from tests.browser.conftest import visiting

RATE = "80/s"

# Everything that the guided path and the conversation's title have said, in its order.
WATCH = """() => {
  window.told = {};
  for (const place of ["#guide h3", "#title"]) {
    const seen = (window.told[place] = []);
    const look = () => {
      const text = document.querySelector(place)?.textContent;
      if (text && seen.at(-1) !== text) seen.push(text);
    };
    const whatever = {subtree: true, childList: true, characterData: true};
    new MutationObserver(look).observe(document.body, whatever);
    look();
  }
}"""


async def test_a_tour_leads_an_open_page_through_each_of_its_steps(
    browser: Browser, town: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(tour, "LOOK_SECONDS", 3)
    monkeypatch.setattr(tour, "FLOOD_SECONDS", 2)
    page = chat_page(town, tour.CHAPTERS, audience=town.sample.reachable)
    url = await page.start(port=0)
    async with visiting(browser, url) as visitor, asyncio.TaskGroup() as group:
        await expect(visitor.page.locator("#title")).to_have_text("Campaign desk")
        await visitor.page.evaluate(WATCH)
        playing = group.create_task(tour.Tour(town, Story(io.StringIO()), page, RATE).play())

        await visitor.sees("clients_may.csv", seconds=120)  # it starts and signs in before
        await visitor.sees("fair_2026 is saved")
        card = visitor.page.locator("#log .message", has_text="sent ·").last
        await expect(card).to_contain_text("▰")
        await expect(visitor.page.locator("#log .file", has_text="campaign-1.csv")).to_be_visible(
            timeout=60_000
        )
        await visitor.counts("People", str(len(town.sample.reachable)))
        await visitor.counts("Sent twice", "0")
        await visitor.counts("Lost", "0")
        await visitor.shoots("tour")

        told = await visitor.page.evaluate("window.told")
        assert told["#guide h3"] == [
            f"{at} / {len(tour.CHAPTERS)}{step.title}" for at, step in enumerate(tour.CHAPTERS, 1)
        ]
        desk, phone, back = told["#title"]
        assert (desk, back) == ("Campaign desk", "Campaign desk")
        assert phone.endswith("’s phone")
        assert (await playing).good
    await page.close()
