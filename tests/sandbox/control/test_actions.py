"""Operations on the world over HTTP."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from telethon import TelegramClient, events
from telethon.errors import FloodWaitError
from telethon.tl.functions.messages import GetDialogsRequest
from telethon.tl.types import InputPeerEmpty, MessageActionContactSignUp, MessageEmpty

from tests.sandbox.control.conftest import ANNA, BOT, SENDER, Remote


async def test_people_are_added_found_and_changed(remote: Remote) -> None:
    settings = await remote.ask("GET", "/settings")
    assert settings == remote.sandbox.environment()
    assert [one["id"] for one in await remote.ask("GET", "/people")] == [BOT, ANNA, SENDER]
    emma = await remote.ask("POST", "/people", {"first_name": "Emma", "blocked": [SENDER]}, 201)
    assert (emma["blocked"], emma["accepts_strangers"]) == ([SENDER], True)
    await remote.ask("PATCH", "/people/anna", {"username": "ann", "deleted": True})
    assert (await remote.ask("GET", "/people/@ann"))["deleted"] is True
    await remote.wrong("GET", "/people/anna", None, 404, "Nobody in this world is 'anna'")


async def test_names_are_changed_and_handed_over(remote: Remote) -> None:
    await remote.ask("PATCH", "/people/anna", {"other_usernames": ["ann"]})
    assert (await remote.ask("GET", "/people/ann"))["id"] == ANNA
    for what in ("username", "phone"):
        await remote.ask("POST", "/people/ann/hand_over", {"to": SENDER, "what": what})
    shop = await remote.ask("GET", "/people/anna")
    assert (shop["id"], shop["phone"]) == (SENDER, "79990000101")
    again = {"to": SENDER, "what": "phone"}
    await remote.wrong("POST", f"/people/{ANNA}/hand_over", again, 409, "Anna has no phone")
    taken = {"username": "Anna"}
    await remote.wrong("PATCH", f"/people/{ANNA}", taken, 409, "@Anna is taken")


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


async def test_a_person_edits_a_message(remote: Remote, client: TelegramClient) -> None:
    came: asyncio.Queue[events.MessageEdited.Event] = asyncio.Queue()
    client.add_event_handler(came.put, events.MessageEdited(incoming=True))
    await client.get_me()
    said = await remote.ask("POST", "/people/anna/say", {"to": SENDER, "text": "STPO"})
    path, edit = "/people/anna/edit", {"message": said["id"], "text": "STOP"}
    edited = await remote.ask("POST", path, edit)
    assert (edited["text"], edited["edited_at"] is not None) == ("STOP", True)
    assert (await asyncio.wait_for(came.get(), 5)).text == "STOP"
    await remote.wrong("POST", path, edit, 409, "this text already")
    theirs = f"/people/{SENDER}/edit"
    await remote.wrong("POST", theirs, {"message": 1, "text": "x"}, 409, "one's own")
    await remote.wrong("POST", theirs, {"message": 9, "text": "x"}, 404, "no message 9")


async def test_an_answer_of_another_constructor_is_scripted(
    remote: Remote, client: TelegramClient
) -> None:
    await remote.ask("POST", "/people/anna/announce", {"to": SENDER, "service": "contact_sign_up"})
    fault = {"fault": "substitute", "constructor": "messageEmpty", "method": "messages.getDialogs"}
    await remote.ask("POST", "/faults", fault, 201)
    emptied = {"fault": "emptied", "fields": ["users"], "method": "messages.getDialogs"}
    await remote.ask("POST", "/faults", emptied, 201)
    asked = GetDialogsRequest(None, 0, InputPeerEmpty(), 10, 0)
    first, second, third = [await client(asked) for _ in range(3)]
    assert isinstance(first.messages[0], MessageEmpty)
    assert (second.users, len(second.messages)) == ([], 1)
    assert isinstance(third.messages[0].action, MessageActionContactSignUp)
    refused = {"to": "desk_bot", "service": "phone_call"}
    await remote.wrong("POST", "/people/anna/announce", refused, 409, "A bot receives no")


async def test_a_chat_is_backdated_and_pinned(remote: Remote, client: TelegramClient) -> None:
    for name, day in (("Emma", 1), ("Liam", 2)):
        person = await remote.ask("POST", "/people", {"first_name": name}, 201)
        old = {"to": SENDER, "text": "Hello", "date": day * 86_400}
        await remote.ask("POST", f"/people/{person['id']}/say", old)
    early = {"to": SENDER, "text": "Hello", "date": 1}
    await remote.wrong("POST", f"/people/{person['id']}/say", early, 409, "before the latest")
    dialogs = await client.get_dialogs()
    assert [(d.name, d.date.day) for d in dialogs] == [("Liam", 3), ("Emma", 2)]
    for act, first in (("pin_dialog", "Emma"), ("unpin_dialog", "Liam")):
        await remote.ask("POST", f"/people/{SENDER}/{act}", {"chat": dialogs[1].id})
        assert (await client.get_dialogs())[0].name == first


async def test_files_are_transferred_in_both_directions_unchanged(remote: Remote, bot: Bot) -> None:
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


async def test_a_fault_happens_as_often_as_scripted_and_can_be_cancelled(
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


async def test_a_flood_wait_has_no_effect_in_the_log(
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


async def test_a_revoked_session_is_not_signed_in(remote: Remote, client: TelegramClient) -> None:
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
