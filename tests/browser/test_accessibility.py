"""Accessibility: axe-core finds no violation, and the page works by keyboard and on a phone."""

from __future__ import annotations

from playwright.async_api import expect

from demo.picture import poster
from demo.sample import SENDER_ID
from demo.stage import Stage
from tests.browser.chromium import axe_core
from tests.browser.conftest import PHONE
from tests.browser.visitor import Visitor


async def test_keyboard_works_and_axe_finds_no_violation_in_both_themes_and_on_a_phone(
    visitor: Visitor, stage: Stage
) -> None:
    axe, page = axe_core(), visitor.page
    customer = stage.sandbox.world.people[min(stage.sample.reachable)]
    await stage.sandbox.world.send(SENDER_ID, customer.id, text="Hello!", random_id=1)
    await visitor.finds_no_violation(axe)

    await use_keyboard(visitor)
    await page.get_by_role("button", name="FLOOD_WAIT 60").click()
    await page.get_by_label("Message", exact=True).fill("/")
    await expect(page.locator("#commands li").first).to_be_visible()
    await visitor.finds_no_violation(axe)
    await page.keyboard.press("Escape")
    await page.get_by_label("Message", exact=True).fill("")
    await visitor.attaches("poster.png", "image/png", poster())
    await expect(page.get_by_placeholder("Add a caption")).to_be_focused()
    await visitor.finds_no_violation(axe)
    await page.keyboard.press("Escape")
    await expect(page.get_by_placeholder("Message")).to_be_focused()
    await visitor.drops("clients_may.csv", "text/csv", stage.sample.first_file())
    await visitor.sees("Do the letters look right?")
    await visitor.finds_no_violation(axe)

    await visitor.opens(customer.name)
    await visitor.sees("Hello!")
    await visitor.last.get_by_role("button", name="React").press("Enter")
    await visitor.finds_no_violation(axe)
    await page.keyboard.press("Enter")
    await expect(visitor.last.locator(".reactions")).to_have_text("👍")
    await visitor.finds_no_violation(axe)
    await page.get_by_role("button", name="Block the sender").first.click()
    await expect(page.get_by_role("button", name="Unblock")).to_be_visible()
    await visitor.finds_no_violation(axe)

    await page.set_viewport_size(PHONE)
    await visitor.finds_no_violation(axe)
    await page.get_by_role("button", name="Back to conversations").click()
    await visitor.finds_no_violation(axe)
    await visitor.opens("Campaign desk")
    await visitor.sees("Do the letters look right?")
    await visitor.finds_no_violation(axe)
    await page.get_by_role("button", name="Truth and misfortunes").click()
    await expect(page.locator("#panel.open")).to_be_visible()
    await visitor.finds_no_violation(axe)


async def use_keyboard(visitor: Visitor) -> None:
    """Choose a command, move along the bot's buttons, open another conversation and return."""
    page = visitor.page
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()
    await page.keyboard.type("/sta")
    await expect(page.locator("#commands li")).to_have_count(1)
    await page.keyboard.press("Enter")
    await visitor.sees("Three things")

    await page.locator("#log .key").first.focus()
    await page.keyboard.press("Tab")
    await expect(page.locator("#log .key").nth(1)).to_be_focused()

    await page.get_by_label("Search people").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#title")).to_have_text("Saved Messages")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.locator("#title")).to_have_text("Campaign desk")
