"""Conversations on the page, and their updates."""

from __future__ import annotations

import asyncio

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BotCommand

from sandbox.bot_api import BotApiServer
from sandbox.web import WebChat
from sandbox.world import Button, Entity, PersonRecord, World
from tests.sandbox.web.conftest import BOT, IVAN, SENDER, TOKEN, VERA, Browser, counted


async def test_the_first_frames_have_the_layout_the_guide_and_the_rows(browser: Browser) -> None:
    hello = await browser.told("hello")
    assert hello["home"] == {"owner": VERA, "chat": BOT}
    assert [section["title"] for section in hello["sections"]] == ["You", "The sender", "Phones"]
    assert [step["title"] for step in hello["steps"]] == ["Drop this file", "Press Start"]
    rows = await browser.told("rows")
    assert {(row["owner"], row["chat"], row["section"]) for row in rows} == {
        (VERA, BOT, "you"),
        (SENDER, SENDER, "sender"),
    }


async def test_a_person_with_a_message_appears_in_the_list(browser: Browser, world: World) -> None:
    await browser.told("rows")
    await world.send(SENDER, IVAN, text="Hello,\n Иван", random_id=1)
    (row,) = await browser.told("rows")
    assert (row["owner"], row["chat"], row["section"]) == (IVAN, SENDER, "phones")
    assert (row["person"]["name"], row["text"], row["unread"]) == ("Иван Ёлкин", "Hello, Иван", 1)


async def test_a_person_added_later_appears_in_the_list(browser: Browser, world: World) -> None:
    await browser.told("rows")
    world.add(PersonRecord(900, "Late"))
    await world.send(SENDER, 900, text="Hello", random_id=1)
    (row,) = await browser.told("rows")
    assert row["owner"] == 900


async def test_a_message_is_shown_with_its_formatting_and_keys(
    browser: Browser, world: World
) -> None:
    keys = ((Button("Start", "c:1:start", style="success"), Button("Site", url="https://a.b")),)
    await world.send(BOT, VERA, text="Ready? /help", entities=(Entity("bold", 0, 5),), buttons=keys)
    view = await browser.open(VERA, BOT)
    (message,) = view["messages"]
    assert message["entities"] == [
        {"type": "bold", "offset": 0, "length": 5},
        {"type": "bot_command", "offset": 7, "length": 5},
    ]
    assert message["buttons"] == [
        [
            {"text": "Start", "data": "c:1:start", "style": "success"},
            {"text": "Site", "url": "https://a.b"},
        ]
    ]


async def test_an_edit_a_reaction_and_a_pin_change_the_message_in_place(
    browser: Browser, world: World
) -> None:
    sent = await world.send(BOT, VERA, text="0 of 12")
    await browser.open(VERA, BOT)
    await world.edit(sent, text="7 of 12")
    await world.mark(sent, pinned=True, reacted_by={BOT: ("👀",)})
    patch = await browser.told("patch", lambda patch: any("pinned" in m for m in patch["messages"]))
    (message,) = patch["messages"]
    assert (message["text"], message["pinned"], message["reactions"]) == ("7 of 12", True, ["👀"])
    assert message["edited"]


async def test_a_deleted_message_is_removed_from_the_page(browser: Browser, world: World) -> None:
    sent = await world.send(BOT, VERA, text="Oops")
    await browser.open(VERA, BOT)
    await world.delete(sent)
    patch = await browser.told("patch", lambda patch: patch["gone"])
    assert patch["gone"] == [1]


async def test_many_messages_reach_the_page_in_few_frames(browser: Browser, world: World) -> None:
    await browser.open(SENDER, IVAN)
    frames = 0
    for number in range(300):
        await world.send(SENDER, IVAN, text=str(number), random_id=number + 1)
    async with asyncio.timeout(10):
        while True:
            frame = await browser.socket.receive_json()
            frames += "patch" in frame
            if counted(frame.get("counters", ())).get("Sent") == 300:
                break
    assert frames < 150


async def test_a_long_conversation_is_paged(browser: Browser, world: World) -> None:
    for number in range(250):
        await world.send(BOT, VERA, text=str(number))
    view = await browser.open(VERA, BOT)
    assert (view["messages"][0]["text"], view["more"]) == ("50", True)
    await browser.ask("older", before=view["messages"][0]["id"])
    older = await browser.told("older")
    assert [older["messages"][at]["text"] for at in (0, -1)] == ["0", "49"]
    assert older["more"] is False


async def test_a_press_brings_the_bots_answer_to_the_page_that_pressed(
    browser: Browser, http: aiohttp.ClientSession, world: World, bot_api: BotApiServer
) -> None:
    await world.send(VERA, BOT, text="/start")
    sent = await world.send(BOT, VERA, text="Sure?", buttons=((Button("Yes", "yes"),),))
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(bot_api.url)))
    async with http.ws_connect("/ws") as socket:
        beside = Browser(socket)
        await beside.open(VERA, BOT)
        await browser.open(VERA, BOT)
        message = world.copy_of(sent, VERA)
        assert message is not None
        await browser.ask("press", owner=VERA, chat=BOT, message=message.id, data="yes", press=7)
        pressed = await browser.told("pressed")
        (update,) = [u for u in await bot.get_updates(timeout=5) if u.callback_query]
        assert update.callback_query is not None
        await bot.answer_callback_query(update.callback_query.id, text="Done", show_alert=True)
        answer = await browser.told("answer")
        await beside.ask("menu", owner=VERA, chat=BOT)
        heard = []
        while "menu" not in (frame := await socket.receive_json()):
            heard.append(frame)
    assert (pressed["press"], answer["query"]) == (7, pressed["query"])
    assert (answer["text"], answer["alert"]) == ("Done", True)
    assert not any("answer" in frame for frame in heard)
    await (await bot.session.create_session()).close()  # type: ignore[attr-defined]


async def test_the_menu_is_the_one_for_this_person(browser: Browser, bot_api: BotApiServer) -> None:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(bot_api.url)))
    await bot.set_my_commands([BotCommand(command="start", description="Begin")])
    await bot.set_my_commands([BotCommand(command="start", description="Начать")], None, "ru")
    await browser.ask("menu", owner=VERA, chat=BOT)
    assert (await browser.told("menu"))["commands"] == [
        {"command": "start", "description": "Начать"}
    ]
    await (await bot.session.create_session()).close()  # type: ignore[attr-defined]


async def test_the_caller_can_lead_every_open_page(browser: Browser, chat: WebChat) -> None:
    await browser.told("rows")
    chat.show_step(1)
    chat.show_conversation(IVAN, SENDER)
    assert await browser.told("go") == {"owner": IVAN, "chat": SENDER}
    assert await browser.told("step") == 1
