"""The panel: the truth from the log, and misfortunes that strike."""

from __future__ import annotations

import aiohttp

from sandbox.faults import Cut, Faults, RpcError, flood_wait
from sandbox.web import Owed, WebChat
from sandbox.world import World
from tests.sandbox.web.conftest import ADMIN, BOT, EMMA, IVAN, SENDER, Browser, Calls


async def test_what_came_twice_is_counted_as_such(browser: Browser, world: World) -> None:
    assert await browser.told("truth") == {"sent": 0, "people": 0, "duplicates": 0}
    await world.send(SENDER, IVAN, text="A", random_id=1)
    await world.send(SENDER, EMMA, text="A", random_id=1)
    await world.send(SENDER, IVAN, text="B", random_id=2)
    truth = await browser.told("truth", lambda truth: truth["sent"] == 3)
    assert truth == {"sent": 3, "people": 2, "duplicates": 0}
    await world.send(SENDER, IVAN, text="A", random_id=3)
    assert (await browser.told("truth"))["duplicates"] == 1
    await world.send(SENDER, IVAN, text="C", random_id=2)
    assert (await browser.told("truth"))["duplicates"] == 2


async def test_what_bots_and_people_write_is_not_counted(browser: Browser, world: World) -> None:
    await browser.told("truth")
    await world.send(BOT, IVAN, text="A")
    await world.send(IVAN, SENDER, text="STOP")
    await world.send(SENDER, SENDER, text="A test", random_id=1)
    await world.send(SENDER, IVAN, text="A", random_id=2)
    assert (await browser.told("truth"))["sent"] == 1


async def test_a_misfortune_strikes_one_send_whatever_its_method(
    browser: Browser, faults: Faults
) -> None:
    await browser.ask("misfortune", label="FLOOD_WAIT 5")
    shown = await browser.told("misfortunes", lambda all_: all_[0]["waiting"])
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
    shown = await browser.told("misfortunes", lambda all_: all_[0]["happened"])
    assert (shown[0]["waiting"], shown[0]["happened"]) == (0, 1)
    assert faults.take("mtproto", "messages.sendMessage", SENDER) is None


async def test_each_button_scripts_what_it_says(browser: Browser, faults: Faults) -> None:
    for label, fault in (
        ("Cut the line", Cut("after_effect")),
        ("PEER_FLOOD", RpcError("PEER_FLOOD")),
    ):
        await browser.ask("misfortune", label=label)
        await browser.told("misfortunes", lambda all_: any(one["waiting"] for one in all_))
        assert faults.take("mtproto", "messages.sendMessage", SENDER) == fault
        await browser.told("misfortunes", lambda all_: not any(one["waiting"] for one in all_))


async def test_the_demos_own_misfortune_is_called_and_the_page_does_not_wait_for_it(
    browser: Browser, kill: Calls
) -> None:
    kill.may_end.clear()
    await browser.ask("misfortune", label="Kill the bot")
    await browser.told("misfortunes", lambda all_: all_[4]["under_way"])
    await browser.ask("misfortune", label="Kill the bot")  # it is being killed
    assert (await browser.open(ADMIN, BOT))["messages"] == []
    kill.may_end.set()
    await browser.told("misfortunes", lambda all_: all_[4]["happened"] == 1)
    assert kill.count == 1


async def test_a_misfortune_that_cannot_happen_says_why(browser: Browser, kill: Calls) -> None:
    kill.trouble = RuntimeError("it is dead already")
    await browser.ask("misfortune", label="Kill the bot")
    assert await browser.told("refused") == "Kill the bot: it is dead already"


async def test_the_next_campaign_may_say_the_same_again(browser: Browser, world: World) -> None:
    await world.send(SENDER, IVAN, text="A", random_id=1)
    report = world.new_media("document", b"row", file_name="campaign-1.csv", mime_type="text/csv")
    await world.send(BOT, ADMIN, media=report)
    await world.send(SENDER, IVAN, text="A", random_id=2)
    truth = await browser.told("truth", lambda truth: truth["sent"] == 2)
    assert truth["duplicates"] == 0
    await world.send(SENDER, IVAN, text="A", random_id=1)
    assert (await browser.told("truth"))["duplicates"] == 1


async def test_the_lost_are_counted_once_it_is_over(world: World, faults: Faults) -> None:
    owed = Owed(2, over=False)
    chat = WebChat(world, faults, admin_id=ADMIN, bot_id=BOT, sender_id=SENDER, owed=lambda: owed)
    url = await chat.start(port=0)
    async with aiohttp.ClientSession(url) as http, http.ws_connect("/ws") as socket:
        assert (await Browser(socket).told("truth"))["to_come"] == 2
        owed = Owed(1, over=True)
        assert (await Browser(socket).told("truth"))["lost"] == 1
    await chat.close()
