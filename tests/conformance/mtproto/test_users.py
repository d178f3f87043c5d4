"""Users as an account sees them: itself, bots, deleted accounts, and names that change hands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.contacts import ResolvePhoneRequest, ResolveUsernameRequest
from telethon.tl.functions.messages import GetHistoryRequest, SendMessageRequest
from telethon.tl.functions.users import GetUsersRequest

from sandbox.person import Person
from sandbox.rpc import MtprotoServer
from sandbox.world import PersonRecord, World
from tests.conformance.mtproto.requests import dialogs
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect

Sent = Callable[[], list[dict[str, Any]]]
HELPER, SHOP = 201, 202


@pytest.fixture
def bots(world: World) -> None:
    world.add(PersonRecord(HELPER, "Helper", username="helper_bot", is_bot=True))
    world.add(PersonRecord(SHOP, "Shop", username="shop_bot", is_bot=True))


async def test_the_account_itself_is_marked_as_self(
    client: Any, server: MtprotoServer, world: World, sent: Sent
) -> None:
    """https://core.telegram.org/constructor/user"""
    server.phone_lookups.seconds = 0
    [by_name] = (await client(ResolveUsernameRequest("ann_sends"))).users
    [by_phone] = (await client(ResolvePhoneRequest("12025550101"))).users
    peer = await client.get_input_entity(by_name)
    [by_id] = await client(GetUsersRequest([peer]))
    [bob] = (await client(ResolveUsernameRequest("bob_reads"))).users
    assert [user.is_self for user in (by_name, by_phone, by_id, bob)] == [True, True, True, False]
    await client(SendMessageRequest(peer, "note", random_id=1))
    assert [m.text for m in world.history(ANN, ANN)] == ["note"]
    assert len(sent()) == 1


@pytest.mark.usefixtures("bots")
async def test_a_bot_is_marked_and_can_be_written_to_by_people(
    connect: Connect, client: Any, world: World
) -> None:
    """https://core.telegram.org/constructor/user"""
    [helper] = (await client(ResolveUsernameRequest("Helper_Bot"))).users
    assert (helper.bot, helper.phone, helper.is_self) == (True, None, False)
    await client(SendMessageRequest(await client.get_input_entity(helper), "/start", random_id=1))
    assert [m.text for m in world.history(HELPER, ANN)] == ["/start"]
    shop = await connect(SHOP)
    assert (await shop.get_me()).bot
    with pytest.raises(errors.UserIsBotError):
        await shop(SendMessageRequest(await shop.get_input_entity("helper_bot"), "x", random_id=1))
    assert len(world.history(HELPER, SHOP)) == 0


async def test_a_deleted_account_has_only_its_id(
    client: Any, bob: Any, world: World, sent: Sent
) -> None:
    """https://core.telegram.org/constructor/user"""
    await world.send(BOB, ANN, text="Hello")
    world.people[BOB].deleted = True
    listed = {user.id: user for user in (await client(dialogs())).users}[BOB]
    [asked] = await client(GetUsersRequest([bob]))
    for user in (listed, asked):
        assert (user.id, user.deleted, user.access_hash) == (BOB, True, bob.access_hash)
        assert (user.first_name, user.last_name, user.username, user.phone) == (None,) * 4
    with pytest.raises(errors.UsernameNotOccupiedError):
        await client(ResolveUsernameRequest("bob_reads"))
    with pytest.raises(errors.InputUserDeactivatedError):
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    assert len(sent()) == 1
    history = await client(GetHistoryRequest(bob, 0, None, 0, 10, 0, 0, 0))
    assert [m.message for m in history.messages] == ["Hello"]


async def test_a_username_leads_to_its_new_owner(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/method/contacts.resolveUsername"""
    Person(world, BOB).hand_over("eve_reads", "username")
    [owner] = (await client(ResolveUsernameRequest("bob_reads"))).users
    assert (owner.id, owner.username) == (EVE, "bob_reads")
    [before] = await client(GetUsersRequest([bob]))
    assert (before.id, before.username) == (BOB, None)
    with pytest.raises(errors.UsernameNotOccupiedError):
        await client(ResolveUsernameRequest("eve_reads"))


async def test_a_phone_leads_to_its_new_owner(
    client: Any, server: MtprotoServer, world: World
) -> None:
    """https://core.telegram.org/method/contacts.resolvePhone"""
    server.phone_lookups.seconds = 0
    Person(world, BOB).hand_over(EVE, "phone")
    [owner] = (await client(ResolvePhoneRequest("12025550102"))).users
    assert (owner.id, owner.username) == (EVE, "eve_reads")
    with pytest.raises(errors.PhoneNotOccupiedError):
        await client(ResolvePhoneRequest("12025550103"))


async def test_a_person_with_several_usernames_is_found_by_each(client: Any, world: World) -> None:
    """https://core.telegram.org/constructor/user"""
    world.rename(world.people[BOB], other_usernames=("bobby", "bob_writes"))
    for name in ("bob_reads", "BOBBY", "bob_writes"):
        [bob] = (await client(ResolveUsernameRequest(name))).users
        assert (bob.id, bob.username) == (BOB, None)
        assert [(one.username, one.active, one.editable) for one in bob.usernames] == [
            ("bob_reads", True, True),
            ("bobby", True, False),
            ("bob_writes", True, False),
        ]
