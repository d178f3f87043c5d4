"""The control over HTTP: what a program in any language can do to the world."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from telethon import TelegramClient
from telethon.errors import FloodWaitError
from telethon.sessions import StringSession

from sandbox.control import Control
from sandbox.ports import PortTaken
from sandbox.server import Sandbox

BOT, ANNA, SENDER = 7000000001, 101, 102
TOKEN = f"{BOT}:AAtold-over-http"


@dataclass(frozen=True, slots=True)
class Remote:
    """A tester who has nothing but HTTP."""

    http: aiohttp.ClientSession
    sandbox: Sandbox

    async def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        async with self.http.request(method, path, json=body) as response:
            answer = await response.json()
            assert response.status == status, answer
            return answer

    async def wrong(self, method: str, path: str, body: object, status: int, words: str) -> None:
        assert words in (await self.ask(method, path, body, status))["error"]


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key")


@pytest.fixture
async def remote(tmp_path: Path, key_folder: Path) -> AsyncIterator[Remote]:
    async with (
        Sandbox(tmp_path, key_folder=key_folder) as sandbox,
        Control(sandbox) as control,
        aiohttp.ClientSession(control.url) as http,
    ):
        remote = Remote(http, sandbox)
        await remote.ask(
            "POST", "/bots", {"token": TOKEN, "username": "desk_bot", "name": "D"}, 201
        )
        anna = {"id": ANNA, "first_name": "Anna", "username": "anna", "phone": "79990000101"}
        await remote.ask("POST", "/people", anna, 201)
        await remote.ask("POST", "/people", {"id": SENDER, "first_name": "Shop"}, 201)
        yield remote


@pytest.fixture
async def bot(remote: Remote) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(remote.sandbox.bot_api_url))
    yield Bot(TOKEN, session=session)
    await (await session.create_session()).close()


@pytest.fixture
async def client(remote: Remote) -> AsyncIterator[TelegramClient]:
    """Telethon, signed in as the sender by a session issued over HTTP."""
    issued = await remote.ask("POST", f"/people/{SENDER}/issue_session")
    client = TelegramClient(StringSession(issued["session"]), 1, "hash")
    await client.connect()
    yield client
    await client.disconnect()


async def test_people_are_added_found_and_changed(remote: Remote) -> None:
    settings = await remote.ask("GET", "/settings")
    assert settings == remote.sandbox.environment()
    assert [one["id"] for one in await remote.ask("GET", "/people")] == [BOT, ANNA, SENDER]
    emma = await remote.ask("POST", "/people", {"first_name": "Emma", "blocked": [SENDER]}, 201)
    assert (emma["blocked"], emma["accepts_strangers"]) == ([SENDER], True)
    await remote.ask("PATCH", "/people/anna", {"username": "ann", "deleted": True})
    assert (await remote.ask("GET", "/people/@ann"))["deleted"] is True
    await remote.wrong("GET", "/people/anna", None, 404, "Nobody in this world is 'anna'")


async def test_a_person_talks_to_a_bot(remote: Remote, bot: Bot) -> None:
    said = await remote.ask("POST", "/people/anna/say", {"to": "desk_bot", "text": "/start"})
    key = InlineKeyboardButton(text="Go ›", callback_data="go")
    markup = InlineKeyboardMarkup(inline_keyboard=[[key]])

    async def answer() -> None:
        update = (await bot.get_updates(offset=-1, timeout=10, allowed_updates=["callback_query"]))[
            0
        ]
        assert update.callback_query is not None
        await bot.answer_callback_query(update.callback_query.id, text="Gone")

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        wanted = {"chat": "desk_bot", "text": "Ready", "after": said["id"]}
        waiting = group.create_task(remote.ask("POST", "/people/anna/wait_for", wanted))
        await bot.get_updates(offset=-1)
        await bot.send_message(ANNA, "Ready?", reply_markup=markup)
        shown = await waiting
        assert shown["buttons"] == [[{"text": "Go ›", "callback_data": "go"}]]
        group.create_task(answer())
        pressed = await remote.ask("POST", "/people/anna/press", {"label": "Go"})
    assert pressed == {"toast": "Gone"}
    history = await remote.ask("GET", "/people/anna/history?chat=desk_bot")
    assert [(m["text"], m["out"]) for m in history] == [("/start", True), ("Ready?", False)]
    await remote.ask("POST", "/people/anna/block", {"chat": BOT})
    with pytest.raises(TelegramForbiddenError, match="blocked"):
        await bot.send_message(ANNA, "Still there?")


async def test_files_go_both_ways_byte_for_byte(remote: Remote, bot: Bot) -> None:
    path = "/people/anna/files?to=desk_bot&name=clients.csv&caption=Here"
    async with remote.http.post(path, data=b"phone\n+79990000101\n") as response:
        sent = await response.json()
    assert (sent["media"]["file_name"], sent["text"]) == ("clients.csv", "Here")
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.document is not None
    assert update.message.document.file_name == "clients.csv"
    async with remote.http.get(f"/media/{sent['media']['id']}") as response:
        assert await response.read() == b"phone\n+79990000101\n"


async def test_a_fault_strikes_as_often_as_scripted_and_can_be_cancelled(
    remote: Remote, bot: Bot
) -> None:
    await remote.ask("POST", "/people/anna/say", {"to": "desk_bot", "text": "/start"})
    limit = {"fault": "too_many_requests", "retry_after": 7, "method": "sendMessage", "count": None}
    script = await remote.ask("POST", "/faults", limit, 201)
    for _ in range(2):
        with pytest.raises(TelegramRetryAfter):
            await bot.send_message(ANNA, "Hi")
    (shown,) = await remote.ask("GET", "/faults")
    assert (shown["times_hit"], shown["spent"]) == (2, False)
    await remote.ask("DELETE", f"/faults/{script['id']}")
    await bot.send_message(ANNA, "Hi")
    await remote.ask("POST", "/faults", limit, 201)
    await remote.ask("DELETE", "/faults")
    await bot.send_message(ANNA, "Hi again")


async def test_the_log_says_what_happened_and_a_flood_wait_lets_nothing_happen(
    remote: Remote, client: TelegramClient
) -> None:
    before = await remote.ask("GET", "/log")
    await client.send_message("anna", "Sale")
    log = await remote.ask("GET", f"/log?after={before['next']}&kind=message")
    assert [(e["sender"], e["recipient"], e["text"]) for e in log["entries"]] == [
        (SENDER, ANNA, "Sale")
    ]
    client.flood_sleep_threshold = 0
    flood = {"fault": "flood_wait", "seconds": 60, "method": "sending", "account": SENDER}
    await remote.ask("POST", "/faults", flood, 201)
    with pytest.raises(FloodWaitError) as refusal:
        await client.send_message("anna", "Sale")
    assert refusal.value.seconds == 60
    assert (await remote.ask("GET", f"/log?after={log['next']}&kind=message"))["entries"] == []


async def test_a_revoked_session_is_signed_in_no_more(
    remote: Remote, client: TelegramClient
) -> None:
    assert await client.is_user_authorized()
    await remote.ask("POST", f"/people/{SENDER}/revoke")
    assert (await client.get_me()) is None


async def test_a_channel_is_opened_and_joined(remote: Remote) -> None:
    news = {"kind": "channel", "title": "News", "creator_id": ANNA, "username": "news"}
    channel = await remote.ask("POST", "/chats", news, 201)
    path = f"/chats/{channel['id']}/members"
    joined = await remote.ask("POST", path, {"person_id": SENDER, "posts": False})
    assert joined["members"][str(SENDER)]["posts"] is False
    await remote.wrong("POST", path, {"person_id": 5}, 404, "Nobody in this world is 5")
    await remote.wrong("POST", "/chats/9/members", {"person_id": SENDER}, 404, "no chat 9")
    await remote.wrong("POST", "/chats", news, 409, "cannot be called @news")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/people", {"first_name": 5}, 400, "first_name: Input should be a valid string"),
        ("POST", "/people", {}, 400, "Missing: first_name"),
        ("POST", "/people", {"first_name": "A", "age": 5}, 400, "Unknown: age. There is: id,"),
        ("POST", "/people", {"first_name": "A", "is_bot": True}, 400, "Unknown: is_bot"),
        ("POST", "/people", {"first_name": "A", "id": ANNA}, 409, "Somebody has the id 101"),
        ("POST", "/people", ["A"], 400, "must be a JSON object"),
        ("PATCH", "/people/anna", {"id": 5}, 400, "Unknown: id"),
        ("POST", "/bots", {"token": "x", "username": "b", "name": "B"}, 400, "A token begins"),
        ("POST", "/people/5/say", {"to": "anna", "text": "Hi"}, 404, "Nobody in this world is 5"),
        ("POST", "/people/anna/say", {"to": "anyone", "text": "Hi"}, 404, "is 'anyone'"),
        ("POST", "/people/anna/say", {"to": "desk_bot"}, 400, "Missing: text"),
        ("POST", "/people/anna/dance", {}, 404, "No such act. There is: files, say"),
        ("POST", "/people/anna/press", {"label": "Go"}, 404, "No button 'Go'"),
        ("POST", "/people/anna/react", {"message": 9, "emojis": []}, 404, "no message 9"),
        (
            "POST",
            "/people/anna/wait_for",
            {"chat": "desk_bot", "text": "x", "timeout": 0.01},
            408,
            "It did not become so",
        ),
        ("POST", "/faults", {"fault": "earthquake"}, 400, "Say which fault. There is: rpc_error"),
        ("POST", "/faults", {"fault": "flood_wait"}, 400, "Missing: seconds"),
        ("POST", "/faults", {"fault": "cut", "at": "lunch"}, 400, "at: Input should be"),
        (
            "POST",
            "/faults",
            {"fault": "latency", "seconds": 1, "acount": 1},
            400,
            "Unknown: acount",
        ),
        ("DELETE", "/faults/77", None, 404, "No fault 77"),
        ("GET", "/log?after=x", None, 400, "after: a number"),
        ("GET", "/media/x", None, 400, "id: a number is needed"),
        ("GET", "/nowhere", None, 404, "Not Found"),
        ("POST", "/people/anna/files?to=desk_bot", None, 400, "with the file's bytes"),
    ],
)
async def test_what_is_wrong_is_named(
    remote: Remote, method: str, path: str, body: object, status: int, words: str
) -> None:
    await remote.wrong(method, path, body, status, words)


async def test_everything_that_can_be_asked_is_listed(remote: Remote) -> None:
    about = await remote.ask("GET", "/")
    assert about["POST /people/{who}/say"] == {
        "to": "Who",
        "text": "str",
        "reply_to": "int | None = None",
    }
    assert "flood_wait" in about["POST /faults"]


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}], ids=str
)
async def test_another_site_in_a_browser_may_do_nothing(
    remote: Remote, headers: dict[str, str]
) -> None:
    async with remote.http.post("/people", json={"first_name": "A"}, headers=headers) as response:
        assert response.status == 403
    assert len(await remote.ask("GET", "/people")) == 3


async def test_a_taken_port_is_said_in_one_sentence(remote: Remote) -> None:
    port = remote.sandbox.dc_port
    with pytest.raises(PortTaken, match=f"Port {port} is taken"):
        async with Control(remote.sandbox, port):
            pass
