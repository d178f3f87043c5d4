"""The list of dialogs: who is in it, in which order, and its pages."""

from __future__ import annotations

import time
from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.messages import (
    GetDialogsRequest,
    GetPeerDialogsRequest,
    GetPinnedDialogsRequest,
    SendMessageRequest,
    ToggleDialogPinRequest,
)
from telethon.tl.types import InputDialogPeer, InputPeerEmpty, InputPeerUser
from telethon.utils import get_input_peer, get_peer_id

from sandbox.person import Person
from sandbox.rpc import MtprotoServer
from sandbox.world import ChatRecord, PersonRecord, World
from tests.conformance.mtproto.requests import dialogs
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE

FIRST = 1001
DAY = 86_400


def begin(world: World, count: int) -> list[int]:
    """Add so many people; return their ids."""
    people = [PersonRecord(FIRST + n, f"P{n}", username=f"person_{n}") for n in range(count)]
    return [world.add(person).id for person in people]


def listed(answer: Any) -> list[int]:
    return [get_peer_id(dialog.peer) for dialog in answer.dialogs]


def after(answer: Any, *, limit: int, **options: Any) -> Any:
    """The request for the page after this one, as Telegram's page about offsets has it."""
    last = answer.dialogs[-1]
    [top] = [m for m in answer.messages if (m.peer_id, m.id) == (last.peer, last.top_message)]
    peers = {get_peer_id(one): one for one in (*answer.users, *answer.chats)}
    peer = get_input_peer(peers[get_peer_id(last.peer)])
    return GetDialogsRequest(top.date, top.id, peer, limit, 0, **options)


async def test_a_dialog_begun_by_the_other_side_is_listed(client: Any, world: World) -> None:
    """https://core.telegram.org/method/messages.getDialogs"""
    now = int(time.time())
    await Person(world, BOB).say(ANN, "Do you have it in blue?", date=now - 3 * DAY)
    await Person(world, BOB).say(ANN, "Hello?", date=now - 2 * DAY)
    answer = await client(dialogs())
    [dialog], [top] = answer.dialogs, answer.messages
    assert (get_peer_id(dialog.peer), dialog.unread_count, dialog.read_outbox_max_id) == (BOB, 2, 0)
    assert (top.message, top.out, top.date.timestamp()) == ("Hello?", False, now - 2 * DAY)
    [bob] = [user for user in answer.users if user.id == BOB]
    peer = InputPeerUser(BOB, bob.access_hash)  # the answer is enough to write back
    again = await client(GetPeerDialogsRequest([InputDialogPeer(peer)]))
    assert (listed(again), again.messages[0].message) == ([BOB], "Hello?")
    await client(SendMessageRequest(peer, "Yes", random_id=1))
    assert world.history(BOB, ANN)[-1].text == "Yes"


async def test_people_groups_and_channels_are_in_one_list_by_their_dates(
    client: Any, world: World, news: ChatRecord, talk: ChatRecord
) -> None:
    """https://core.telegram.org/method/messages.getDialogs"""
    now = int(time.time())
    team = world.open_chat("group", "Team", BOB)
    world.join(team.id, ANN)
    for days, sender, chat in (
        (5, BOB, talk.id),
        (4, EVE, ANN),
        (3, ANN, news.id),
        (2, BOB, team.id),
        (1, BOB, ANN),
    ):
        await world.send(sender, chat, text=f"{days} days ago", date=now - days * DAY)
    answer = await client(dialogs())
    assert listed(answer) == [BOB, team.id, news.id, EVE, talk.id]
    assert [m.message[0] for m in answer.messages] == [*"12345"]
    assert [d.pts is not None for d in answer.dialogs] == [False, False, True, False, True]
    assert {chat.title for chat in answer.chats} == {"Team", "News", "Talk"}


async def test_every_dialog_is_on_one_page_also_within_one_second(
    client: Any, world: World
) -> None:
    """https://core.telegram.org/api/offsets"""
    people = begin(world, 25)
    for person in people:
        await world.send(person, ANN, text="Hello")
    answer, seen = await client(dialogs(limit=7)), list[int]()
    while answer.dialogs:
        assert answer.count == 25
        seen += listed(answer)
        answer = await client(after(answer, limit=7))
    assert seen == people[::-1]
    assert len(await client.get_dialogs()) == 25


async def test_ids_of_a_channel_do_not_confuse_the_pages(
    client: Any, world: World, news: ChatRecord
) -> None:
    """https://core.telegram.org/api/offsets"""
    now = int(time.time())
    for sender, chat in ((BOB, ANN), (EVE, ANN), (ANN, news.id)):  # the post has the id 1
        await world.send(sender, chat, text="Hello", date=now)
    answer, seen = await client(dialogs(limit=1)), list[int]()
    while answer.dialogs:
        seen += listed(answer)
        answer = await client(after(answer, limit=1))
    assert seen == [news.id, EVE, BOB]


async def test_a_dialog_that_moves_up_between_pages_hides_none(client: Any, world: World) -> None:
    """https://core.telegram.org/api/offsets"""
    people = begin(world, 6)
    now = int(time.time())
    for n, person in enumerate(people):
        await world.send(person, ANN, text="Hello", date=now - DAY + n)
    first = await client(dialogs(limit=3))
    assert listed(first) == people[5:2:-1]
    await world.send(people[3], ANN, text="News")  # the last one of the first page
    second = await client(after(first, limit=3))
    assert listed(second) == people[2::-1]


async def test_a_page_can_begin_at_a_date_or_an_id(client: Any, world: World) -> None:
    """https://core.telegram.org/method/messages.getDialogs"""
    now = int(time.time())
    for days, person in ((3, BOB), (1, EVE)):
        await world.send(person, ANN, text="Hello", date=now - days * DAY)
    older = GetDialogsRequest(now - 2 * DAY, 0, InputPeerEmpty(), 10, 0)
    assert listed(await client(older)) == [BOB]
    [newest, _] = (await client(dialogs())).messages
    below = GetDialogsRequest(None, newest.id, InputPeerEmpty(), 10, 0)
    assert listed(await client(below)) == [BOB]


async def test_pinned_dialogs_come_first_and_once(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/method/messages.toggleDialogPin"""
    people = begin(world, 4)
    now = int(time.time())
    await world.send(BOB, ANN, text="the oldest", date=now - DAY)
    for person in people:
        await world.send(person, ANN, text="Hello")
    assert await client(ToggleDialogPinRequest(InputDialogPeer(bob), pinned=True))
    first = await client(dialogs(limit=3))
    assert listed(first) == [BOB, people[3], people[2]]
    assert [dialog.pinned for dialog in first.dialogs] == [True, False, False]
    second = await client(after(first, limit=3))
    assert listed(second) == [people[1], people[0]]
    without = GetDialogsRequest(None, 0, InputPeerEmpty(), 10, 0, exclude_pinned=True)
    assert listed(await client(without)) == people[::-1]
    pinned = await client(GetPinnedDialogsRequest(0))
    assert (listed(pinned), pinned.messages[0].message) == ([BOB], "the oldest")
    assert (await client(GetPeerDialogsRequest([InputDialogPeer(bob)]))).dialogs[0].pinned
    assert await client(ToggleDialogPinRequest(InputDialogPeer(bob)))
    assert listed(await client(dialogs())) == [*people[::-1], BOB]


async def test_only_five_dialogs_can_be_pinned(
    client: Any, world: World, server: MtprotoServer
) -> None:
    """https://core.telegram.org/method/messages.toggleDialogPin#possible-errors"""
    for number, person in enumerate(begin(world, 6)):
        peer = InputDialogPeer(InputPeerUser(person, server.access_hash(ANN, person)))
        if number < 5:
            await client(ToggleDialogPinRequest(peer, pinned=True))
        else:
            with pytest.raises(errors.PinnedDialogsTooMuchError):
                await client(ToggleDialogPinRequest(peer, pinned=True))


async def test_the_archive_is_empty(client: Any, world: World) -> None:
    """https://core.telegram.org/api/folders#peer-folders"""
    await world.send(BOB, ANN, text="Hello")
    archive = GetDialogsRequest(None, 0, InputPeerEmpty(), 10, 0, folder_id=1)
    assert listed(await client(archive)) == []
