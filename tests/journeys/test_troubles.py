"""Each button of the page's panel, pressed while a campaign runs: its effect, and the truth after.

The page is asked as a browser asks it, over its WebSocket; the product behind is the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from demo.admin_script import AdminScript
from demo.page import chat_page
from demo.sample import SENDER_ID
from demo.stage import Stage
from demo.verdict import messages_per_person
from sandbox.world.log import read_log
from tests.sandbox.web.conftest import Browser, counted

RATE = "10/s"  # slow enough to be still under way after each of four presses
LIST, LISTED = "clients_may", 190
A_WHILE = 2.0  # seconds, in which twenty messages would go


class Panel(Browser):
    """The panel of an open page."""

    async def press(self, label: str) -> None:
        """Press it and wait until it has struck."""
        await self.ask("fault", label=label)
        await self.told("faults", lambda all_: _of(all_, label)["happened"], timeout=30)

    async def until_sent(self, count: int) -> None:
        await self.told("counters", lambda all_: counted(all_)["Sent"] >= count, timeout=60)


def _of(all_: Any, label: str) -> Any:
    return next(one for one in all_ if one["label"] == label)


@pytest.fixture
async def panel(stage: Stage) -> AsyncIterator[Panel]:
    page = chat_page(stage, [])
    url = await page.start(port=0)
    async with aiohttp.ClientSession(url) as http, http.ws_connect("/ws") as socket:
        yield Panel(socket)
    await page.close()


@pytest.fixture
async def running(stage: Stage, anna: AdminScript, panel: Panel) -> None:
    """A campaign to the first file's people, with some messages out."""
    for customer in stage.sample.blockers:  # with these, “Block the sender” would be the breaker's
        stage.sandbox.person(customer).unblock(SENDER_ID)
    await anna.upload(f"{LIST}.csv", stage.sample.first_file())
    await anna.build_campaign("Hi", [LIST], "Hello", "Lavender Shop", RATE)
    await anna.press("Start")
    await panel.until_sent(10)


@pytest.mark.usefixtures("running")
async def test_a_block_a_cut_line_a_short_flood_and_a_kill_cost_nobody_else_a_message(
    stage: Stage, anna: AdminScript, panel: Panel
) -> None:
    listed = {customer.id for customer in stage.sample.customers[:LISTED]}
    await panel.press("Block the sender")
    for label in ("Cut the line", "FLOOD_WAIT 5", "Kill the bot"):
        await panel.press(label)
        await panel.until_sent(sum(_got(stage).values()) + 1)
    await anna.wait_for_report(60)

    people = stage.sandbox.world.people
    sample = stage.sample
    willing = (sample.reachable | sample.opted_out | sample.blockers) & listed  # none is barred
    (blocker,) = (one for one in willing if SENDER_ID in people[one].blocked)
    assert _got(stage).keys() == willing - {blocker}
    assert set(_got(stage).values()) == {1}
    truth = counted(await panel.told("counters", lambda all_: "Lost" in counted(all_)))
    assert (truth["People"], truth["Sent twice"], truth["Lost"]) == (len(_got(stage)), 0, 0)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("label", ["FLOOD_WAIT 60", "PEER_FLOOD"])
async def test_after_a_long_flood_or_a_limit_nobody_is_written_to(
    stage: Stage, anna: AdminScript, panel: Panel, label: str
) -> None:
    await panel.press(label)
    await anna.wait_for("Lavender Shop: " + ("resting" if label == "FLOOD_WAIT 60" else "limited"))
    before = _got(stage)
    await asyncio.sleep(A_WHILE)  # there is nothing to wait for: nothing may happen
    assert _got(stage) == before
    assert set(before.values()) == {1}


def _got(stage: Stage) -> dict[int, int]:
    return dict(messages_per_person(read_log(stage.log)))
