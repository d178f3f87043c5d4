"""A whole campaign in a real browser, from a dropped file to the report."""

from __future__ import annotations

from playwright.async_api import expect

from demo.picture import poster
from demo.play import prepare_shop
from demo.stage import Stage
from tests.browser.conftest import DESK, PHONE
from tests.browser.visitor import Visitor

ROWS = 60
DUPLICATES = 2
RATE = "6/s"


def small_list(stage: Stage) -> bytes:
    """Return the header and the first rows of the demo's first file, with their faults."""
    lines = stage.sample.first_file().splitlines(keepends=True)
    return b"".join(lines[: ROWS + 1])


def people_of(stage: Stage) -> set[int]:
    """Return the ids of the people in the small list."""
    return {customer.id for customer in stage.sample.customers[: ROWS - DUPLICATES]}


async def test_a_person_plays_a_campaign_from_a_dropped_file_to_its_report(
    visitor: Visitor, stage: Stage
) -> None:
    page = visitor.page
    await prepare_shop(stage)
    await expect(page.locator("#guide h3")).to_contain_text("1 / 6")
    await page.get_by_role("button", name="Start", exact=True).click()
    await visitor.sees("Three things")
    await visitor.shoots("start")

    await visitor.drops("clients_may.csv", "text/csv", small_list(stage))
    await visitor.sees("Do the letters look right?")
    await visitor.shoots("file")
    await visitor.presses("Yes, check it")
    await visitor.sees("ready")
    await visitor.presses("Customers")
    await visitor.presses("Keep this name")
    await visitor.presses("Save")
    await visitor.sees("clients_may is saved")

    await visitor.says("/templates")
    await visitor.presses("New message")
    await visitor.sees("as people should see it")
    await visitor.attaches("poster.png", "image/png", poster())
    await visitor.says("**Hello, {{name|friend}}!** The lavender is in bloom: come and smell it.")
    await visitor.presses("Save")
    await visitor.sees("Type a name")
    await visitor.shoots("message")
    await visitor.says("Lavender weekend")
    await visitor.sees("Lavender weekend is saved")

    await visitor.says("/new")
    await visitor.sees("What shall we call it?")
    await visitor.says("Weekend")
    for label in ("clients_may", "Next", "Lavender weekend", "Lavender Shop", "Other…"):
        await visitor.presses(label)
    await visitor.sees("Type the rate")
    await visitor.says(RATE)
    await visitor.presses("Live")
    await visitor.sees("Mode: live")
    await visitor.shoots("review")
    await visitor.presses("Start")

    card = page.locator("#log .message", has_text="sent ·").last
    await expect(card).to_contain_text("▰")
    await expect(page.locator("#pinned")).to_contain_text("Weekend")
    await page.get_by_role("button", name="FLOOD_WAIT 5").click()
    await expect(page.locator(".fault i.happened")).to_have_text("struck")
    await visitor.shoots("campaign")

    await page.locator("#rows section", has_text="phones").locator(".row").first.click()
    await visitor.sees("The lavender is in bloom")
    await visitor.last.hover()
    await visitor.last.get_by_role("button", name="React").click()
    await visitor.last.get_by_role("button", name="😢").click()
    await expect(visitor.last.locator(".reactions")).to_have_text("😢")
    await page.get_by_role("button", name="Reply STOP", exact=True).click()
    await expect(page.locator("#log .message.mine")).to_contain_text("STOP")
    await visitor.shoots("recipient")
    await page.set_viewport_size(PHONE)
    await visitor.shoots("phone")
    await page.set_viewport_size(DESK)
    await page.get_by_role("button", name="The sender’s side").click()
    await expect(page.locator("#subtitle")).to_contain_text("as the sender account")
    await visitor.sees("STOP")

    await visitor.opens("Campaign desk")
    await visitor.sees("delivered (", seconds=60)
    await expect(page.locator("#log .file", has_text="campaign-1.csv")).to_be_visible()
    reachable = len(stage.sample.reachable & people_of(stage))
    await visitor.counts("People", str(reachable))
    await visitor.counts("Sent twice", "0")
    await visitor.counts("Lost", "0")
    await expect(page.locator("#guide h3")).to_contain_text("6 / 6")
    await visitor.shoots("report")
