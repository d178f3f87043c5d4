"""Actions at the page take effect in the world as the person whose phone is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from sandbox.world import Entity, World
from tests.sandbox.web.conftest import BOT, IVAN, SAMPLE, SENDER, VERA, Browser

TO_THE_BOT = {"owner": str(VERA), "chat": str(BOT)}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02\x08\x02\x00\x00\x00"
    b"\x12\x16\xf1M\x00\x00\x00\x00IEND\xaeB`\x82"
)


async def test_a_text_reaches_the_bot_with_its_formatting(browser: Browser, world: World) -> None:
    await browser.open(VERA, BOT)
    bold = {"type": "bold", "offset": 2, "length": 5}
    await browser.ask("say", owner=VERA, chat=BOT, text="  Hello {{name}} ", entities=[bold])
    patch = await browser.told("patch", lambda patch: patch["messages"])
    (got,) = world.history(BOT, VERA)
    assert (got.text, got.entities[0].offset, got.entities[0].length) == ("Hello {{name}}", 0, 5)
    assert patch["messages"][0]["out"] is True


async def test_reading_on_a_phone_is_shown_to_the_sender(browser: Browser, world: World) -> None:
    sent = await world.send(SENDER, IVAN, text="Hello", random_id=1)
    await browser.open(SENDER, IVAN)
    await browser.ask("read", owner=IVAN, chat=SENDER)
    patch = await browser.told("patch", lambda patch: patch["head"]["read"])
    assert patch["head"]["read"] == sent.id


async def test_an_answer_marks_the_chat_as_read(browser: Browser, world: World) -> None:
    await world.send(SENDER, IVAN, text="Buy", random_id=1)
    await browser.open(IVAN, SENDER)
    await browser.ask("say", owner=IVAN, chat=SENDER, text="STOP")
    row = await browser.told("rows", lambda rows: rows[0]["text"] == "STOP")
    assert row[0]["unread"] == 0
    assert world.outbox_read[SENDER, IVAN] == 1


async def test_an_answer_replies_to_the_given_message(browser: Browser, world: World) -> None:
    await world.send(SENDER, IVAN, text="Buy", random_id=1)
    view = await browser.open(IVAN, SENDER)
    asked = view["messages"][0]["id"]
    await browser.ask("say", owner=IVAN, chat=SENDER, text="STOP", reply_to=asked)
    patch = await browser.told("patch", lambda patch: patch["messages"])
    assert patch["messages"][0]["reply"] == {"id": asked, "name": "Anna", "text": "Buy"}
    stop = world.history(SENDER, IVAN)[-1]
    assert (stop.text, stop.reply_to) == ("STOP", 1)


async def test_a_reaction_is_set_and_removed_on_both_sides(browser: Browser, world: World) -> None:
    await world.send(SENDER, IVAN, text="Hello", random_id=1)
    seen = (await browser.open(IVAN, SENDER))["messages"][0]["id"]
    await browser.ask("react", owner=IVAN, chat=SENDER, message=seen, emoji="🔥")
    await browser.told("patch", _reactions(["🔥"]))
    assert world.history(SENDER, IVAN)[0].reactions == ("🔥",)
    await browser.ask("react", owner=IVAN, chat=SENDER, message=seen, emoji="🔥")
    await browser.told("patch", _reactions([]))
    assert world.history(SENDER, IVAN)[0].reactions == ()
    await browser.ask("react", owner=IVAN, chat=SENDER, message=seen, emoji="boo")
    assert await browser.told("refused")


def _reactions(wanted: list[str]) -> Callable[[Any], bool]:
    return lambda patch: any(one.get("reactions", []) == wanted for one in patch["messages"])


async def test_blocking_shuts_the_chat_until_it_is_undone(browser: Browser, world: World) -> None:
    await browser.open(IVAN, SENDER)
    await browser.ask("block", owner=IVAN, chat=SENDER)
    await browser.told("patch", lambda patch: patch["head"]["blocked"])
    assert world.people[IVAN].blocked == {SENDER}
    await browser.ask("say", owner=IVAN, chat=SENDER, text="Hello")
    assert "blocked" in await browser.told("refused")
    await browser.ask("say", owner=SENDER, chat=IVAN, text="Hello")
    assert "blocked" in await browser.told("refused")
    await browser.ask("unblock", owner=IVAN, chat=SENDER)
    await browser.told("patch", lambda patch: not patch["head"]["blocked"])
    assert world.history(IVAN, SENDER) == []


async def test_a_file_is_sent_and_downloaded_unchanged(
    browser: Browser, http: aiohttp.ClientSession, world: World
) -> None:
    await browser.open(VERA, BOT)
    where = TO_THE_BOT | {"name": "../клиенты.csv"}
    async with http.post("/files", params=where, data=SAMPLE) as answer:
        assert answer.status == 204
    patch = await browser.told("patch", lambda patch: patch["messages"])
    media = patch["messages"][0]["media"]
    assert (media["name"], media["size"]) == ("клиенты.csv", len(SAMPLE))
    async with http.get(f"/files/{media['id']}") as answer:
        assert await answer.read() == SAMPLE
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert world.history(BOT, VERA)[0].media is not None


async def test_a_picture_is_served_inline_and_other_bytes_as_an_attachment(
    http: aiohttp.ClientSession, world: World
) -> None:
    where = TO_THE_BOT | {"name": "a.png", "photo": "1"}
    for data in (PNG, b"<script>alert(1)</script>"):
        async with http.post("/files", params=where, data=data) as answer:
            assert answer.status == 204
    picture, page = (m.media for m in world.history(VERA, BOT))
    assert picture is not None
    assert page is not None
    assert (picture.kind, picture.width, picture.height) == ("photo", 3, 2)
    assert page.kind == "document"
    async with http.get(f"/files/{picture.id}") as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", PNG)
    async with http.get(f"/files/{page.id}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_picture_is_sent_with_its_formatted_caption(
    http: aiohttp.ClientSession, world: World
) -> None:
    bold = json.dumps([{"type": "bold", "offset": 1, "length": 5}])
    where = TO_THE_BOT | {"name": "a.png", "photo": "1", "caption": " Hello!", "entities": bold}
    async with http.post("/files", params=where, data=PNG) as answer:
        assert answer.status == 204
    (got,) = world.history(BOT, VERA)
    assert (got.text, got.entities) == ("Hello!", (Entity("bold", 0, 5),))


@pytest.mark.parametrize("wrong", [{"caption": "x" * 1025}, {"caption": "x", "entities": "[3]"}])
async def test_an_invalid_caption_is_refused(
    http: aiohttp.ClientSession, world: World, wrong: dict[str, str]
) -> None:
    where = TO_THE_BOT | {"name": "a.png", "photo": "1"} | wrong
    async with http.post("/files", params=where, data=PNG) as answer:
        assert answer.status == 409
    assert world.history(BOT, VERA) == []


async def test_an_empty_file_is_refused_with_a_reason(http: aiohttp.ClientSession) -> None:
    where = TO_THE_BOT | {"name": "a.csv"}
    async with http.post("/files", params=where, data=b"") as answer:
        assert answer.status == 409
        assert "empty" in await answer.text()


async def test_the_file_of_a_step_is_downloaded_or_sent_with_one_press(
    browser: Browser, http: aiohttp.ClientSession, world: World
) -> None:
    async with http.get("/steps/0/клиенты.csv") as answer:
        assert await answer.read() == SAMPLE
    await browser.open(VERA, BOT)
    await browser.ask("step_file", step=0, name="клиенты.csv")
    await browser.told("patch", lambda patch: patch["messages"])
    got = world.history(BOT, VERA)[0].media
    assert got is not None
    assert got.data == SAMPLE
    assert world.history(BOT, VERA)[0].text == "Mine"


async def test_people_are_shared_with_a_bot_that_asked(browser: Browser, world: World) -> None:
    await browser.open(VERA, BOT)
    await browser.ask("share", owner=VERA, chat=BOT, request=3, people=[IVAN])
    await browser.told("patch", lambda patch: patch["messages"])
    shared = world.history(BOT, VERA)[0].extra["users_shared"]
    assert shared == {"request_id": 3, "users": [{"user_id": IVAN, "first_name": "Иван"}]}


@pytest.mark.parametrize(
    "nonsense",
    [
        [],
        {"do": "fly"},
        {"do": "open", "owner": 5, "chat": BOT},
        {"do": "open", "owner": BOT, "chat": VERA},
        {"do": "say", "owner": VERA, "chat": BOT},
        {"do": "say", "owner": VERA, "chat": BOT, "text": " "},
        {"do": "say", "owner": VERA, "chat": BOT, "text": "x" * 4097},
        {"do": "say", "owner": VERA, "chat": BOT, "text": "x", "reply_to": 99},
        {"do": "press", "owner": VERA, "chat": BOT, "message": 99, "data": "x"},
        {"do": "step_file", "step": 0, "name": "/etc/passwd"},
        {"do": "fault", "label": "Earthquake"},
    ],
)
async def test_invalid_requests_are_refused_and_the_page_stays_open(
    browser: Browser, nonsense: Any
) -> None:
    await browser.socket.send_str("{not even JSON")
    await browser.socket.send_json(nonsense)
    assert await browser.told("refused")
    assert (await browser.open(VERA, BOT))["messages"] == []
