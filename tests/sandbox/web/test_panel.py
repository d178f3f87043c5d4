"""The panel: counters that are read from the log of effects, and buttons that script faults."""

from __future__ import annotations

import aiohttp

from sandbox.faults import Cut, Faults, RpcError, flood_wait
from sandbox.web import Counter, Layout, WebChat
from sandbox.world import World
from tests.sandbox.web.conftest import BOT, EMMA, IVAN, SENDER, VERA, Browser, Calls, counted


async def test_duplicates_are_counted(browser: Browser, world: World) -> None:
    assert counted(await browser.told("counters")) == {"Sent": 0, "People": 0, "Sent twice": 0}
    await world.send(SENDER, IVAN, text="A", random_id=1)
    await world.send(SENDER, EMMA, text="A", random_id=1)
    await world.send(SENDER, IVAN, text="B", random_id=2)
    counters = await browser.told("counters", lambda counters: counted(counters)["Sent"] == 3)
    assert counted(counters) == {"Sent": 3, "People": 2, "Sent twice": 0}
    await world.send(SENDER, IVAN, text="A", random_id=3)
    assert counted(await browser.told("counters"))["Sent twice"] == 1
    await world.send(SENDER, IVAN, text="C", random_id=2)
    assert counted(await browser.told("counters"))["Sent twice"] == 2


async def test_only_messages_with_a_random_id_are_counted(browser: Browser, world: World) -> None:
    await browser.told("counters")
    await world.send(BOT, IVAN, text="A")
    await world.send(IVAN, SENDER, text="STOP")
    await world.send(SENDER, SENDER, text="A test", random_id=1)
    await world.send(SENDER, IVAN, text="A", random_id=2)
    assert counted(await browser.told("counters"))["Sent"] == 1


async def test_a_fault_button_hits_one_message_of_any_sending_method(
    browser: Browser, faults: Faults
) -> None:
    await browser.ask("fault", label="FLOOD_WAIT 5")
    shown = await browser.told("faults", lambda all_: all_[0]["waiting"])
    assert [one["label"] for one in shown] == [
        "FLOOD_WAIT 5",
        "FLOOD_WAIT 60",
        "Cut the line",
        "PEER_FLOOD",
        "Kill the bot",
    ]
    assert faults.take("mtproto", "updates.getState", SENDER) is None
    assert faults.take("mtproto", "messages.sendMessage", IVAN) is None
    assert faults.take("mtproto", "messages.sendMedia", SENDER) == flood_wait(5)
    shown = await browser.told("faults", lambda all_: all_[0]["happened"])
    assert (shown[0]["waiting"], shown[0]["happened"]) == (0, 1)
    assert faults.take("mtproto", "messages.sendMessage", SENDER) is None


async def test_each_button_scripts_what_it_says(browser: Browser, faults: Faults) -> None:
    for label, fault in (
        ("Cut the line", Cut("after_effect")),
        ("PEER_FLOOD", RpcError("PEER_FLOOD")),
    ):
        await browser.ask("fault", label=label)
        await browser.told("faults", lambda all_: any(one["waiting"] for one in all_))
        assert faults.take("mtproto", "messages.sendMessage", SENDER) == fault
        await browser.told("faults", lambda all_: not any(one["waiting"] for one in all_))


async def test_an_action_of_the_caller_runs_in_the_background(
    browser: Browser, kill: Calls
) -> None:
    kill.may_end.clear()
    await browser.ask("fault", label="Kill the bot")
    await browser.told("faults", lambda all_: all_[4]["running"])
    await browser.ask("fault", label="Kill the bot")  # it is still running
    assert (await browser.open(VERA, BOT))["messages"] == []
    kill.may_end.set()
    await browser.told("faults", lambda all_: all_[4]["happened"] == 1)
    assert kill.count == 1


async def test_an_action_that_fails_reports_its_error(browser: Browser, kill: Calls) -> None:
    kill.trouble = RuntimeError("it is dead already")
    await browser.ask("fault", label="Kill the bot")
    assert await browser.told("refused") == "Kill the bot: it is dead already"


async def test_content_may_repeat_after_the_given_entry(browser: Browser, world: World) -> None:
    await world.send(SENDER, IVAN, text="A", random_id=1)
    report = world.new_media("document", b"row", file_name="end.csv", mime_type="text/csv")
    await world.send(BOT, VERA, media=report)
    await world.send(SENDER, IVAN, text="A", random_id=2)
    counters = await browser.told("counters", lambda counters: counted(counters)["Sent"] == 2)
    assert counted(counters)["Sent twice"] == 0
    await world.send(SENDER, IVAN, text="A", random_id=1)
    assert counted(await browser.told("counters"))["Sent twice"] == 1


async def test_counters_of_the_caller_are_sent_again_when_they_change(
    layout: Layout, faults: Faults
) -> None:
    mine = [Counter("Still to come", 2, "wide")]
    chat = WebChat(layout, faults, counters=lambda: mine)
    url = await chat.start(port=0)
    async with aiohttp.ClientSession(url) as http, http.ws_connect("/ws") as socket:
        browser = Browser(socket)
        first = await browser.told("counters")
        assert first == [{"label": "Still to come", "value": 2, "kind": "wide"}]
        mine[:] = [Counter("Lost", 1, "error")]
        assert counted(await browser.told("counters")) == {"Lost": 1}
    await chat.close()
