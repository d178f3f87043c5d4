"""Lookup of people; reading, editing and deleting in conversations."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telethon import errors, events
from telethon.tl.functions.contacts import (
    ImportContactsRequest,
    ResolvePhoneRequest,
    ResolveUsernameRequest,
)
from telethon.tl.functions.messages import (
    EditMessageRequest,
    GetPeerDialogsRequest,
    SendMessageRequest,
)
from telethon.tl.functions.users import GetFullUserRequest
from telethon.tl.types import InputDialogPeer, InputPhoneContact

from sandbox.rpc import MtprotoServer
from sandbox.world import PersonRecord, World
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect


async def test_people_are_found_by_name_and_number(
    client: Any, world: World, server: MtprotoServer
) -> None:
    """https://core.telegram.org/method/contacts.resolveUsername"""
    server.phone_lookups.seconds = 0
    world.add(PersonRecord(104, "Hidden", phone="12025550104", findable_by_phone=False))
    assert (await client.get_entity("https://t.me/Bob_Reads")).id == BOB
    with pytest.raises(errors.UsernameNotOccupiedError):
        await client(ResolveUsernameRequest("nobody_here"))
    with pytest.raises(errors.UsernameInvalidError):
        await client(ResolveUsernameRequest("1no"))
    assert (await client(ResolvePhoneRequest("+12025550102"))).users[0].id == BOB
    for phone in ("12025550104", "12025550199"):
        with pytest.raises(errors.PhoneNotOccupiedError):
            await client(ResolvePhoneRequest(phone))
    wanted = [InputPhoneContact(n, p, "x", "") for n, p in enumerate(("12025550103", "1202555"))]
    imported = await client(ImportContactsRequest(wanted))
    assert [(c.user_id, c.client_id) for c in imported.imported] == [(EVE, 0)]


async def test_an_edit_changes_both_copies(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/method/messages.editMessage"""
    made = await client(SendMessageRequest(bob, "before", random_id=1))
    await client(EditMessageRequest(bob, made.id, message="after"))
    assert [m.text for m in world.history(BOB, ANN)] == ["after"]
    with pytest.raises(errors.MessageNotModifiedError):
        await client(EditMessageRequest(bob, made.id, message="after"))


async def test_a_deleted_message_is_gone_for_both(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/method/messages.deleteMessages"""
    made = await client(SendMessageRequest(bob, "oops", random_id=1))
    await client.delete_messages(bob, [made.id], revoke=True)
    assert world.history(BOB, ANN) == world.history(ANN, BOB) == []
    with pytest.raises(errors.MessageIdInvalidError):
        await client(EditMessageRequest(bob, made.id, message="too late"))


async def test_a_full_user_has_the_premium_requirement(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/constructor/userFull"""
    world.people[BOB].premium_only = True
    assert (await client(GetFullUserRequest(bob))).full_user.contact_require_premium


async def test_a_dialog_has_the_read_and_unread_state(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/constructor/dialog"""
    made = await client(SendMessageRequest(bob, "Hello", random_id=1))
    await world.read(BOB, ANN)
    await world.send(BOB, ANN, text="STOP")
    found = await client(GetPeerDialogsRequest([InputDialogPeer(bob)]))
    [dialog] = found.dialogs
    assert (dialog.read_outbox_max_id, dialog.unread_count) == (made.id, 1)
    assert found.messages[0].message == "STOP"
    assert [d.name for d in await client.get_dialogs()] == ["Bob"]


async def test_a_message_may_be_deleted_for_oneself_only(
    connect: Connect, client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/method/messages.deleteMessages"""
    gone: asyncio.Queue[Any] = asyncio.Queue()
    made = await client(SendMessageRequest(bob, "oops", random_id=1))
    (await connect(ANN)).add_event_handler(gone.put, events.MessageDeleted())
    await client.delete_messages(bob, [made.id], revoke=False)
    assert world.history(ANN, BOB) == []
    assert [m.text for m in world.history(BOB, ANN)] == ["oops"]
    assert (await asyncio.wait_for(gone.get(), 5)).deleted_ids == [made.id]
