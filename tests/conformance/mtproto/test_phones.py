"""Phone numbers: the pace of look-ups, who is found by a number, and who sees it."""

from __future__ import annotations

from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.contacts import (
    ImportContactsRequest,
    ResolvePhoneRequest,
    ResolveUsernameRequest,
)
from telethon.tl.functions.users import GetUsersRequest
from telethon.tl.types import InputPhoneContact

from sandbox.rpc import MtprotoServer
from sandbox.world import PersonRecord, World
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect

BOBS, EVES, NO_ONES = "12025550102", "12025550103", "12025550199"


class Clock:
    """The seconds that the server's limit reads."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(server: MtprotoServer) -> Clock:
    server.phone_lookups.clock = clock = Clock()
    return clock


async def test_a_second_lookup_within_three_seconds_is_refused(client: Any, clock: Clock) -> None:
    """https://core.telegram.org/method/contacts.resolvePhone"""
    await client(ResolvePhoneRequest(BOBS))
    for passed, left in ((0, 3), (1.5, 2), (1.4, 1)):
        clock.now += passed
        with pytest.raises(errors.FloodWaitError) as refused:
            await client(ResolvePhoneRequest(EVES))
        assert refused.value.seconds == left
    clock.now += 0.1
    assert (await client(ResolvePhoneRequest(EVES))).users[0].id == EVE


async def test_a_lookup_that_finds_no_person_counts(client: Any, clock: Clock) -> None:
    """https://core.telegram.org/method/contacts.resolvePhone"""
    for _ in range(2):
        with pytest.raises(errors.PhoneNotOccupiedError):
            await client(ResolvePhoneRequest(NO_ONES))
        with pytest.raises(errors.FloodWaitError):
            await client(ResolvePhoneRequest(BOBS))
        clock.now += 3


async def test_each_account_has_a_pace_of_its_own_and_usernames_have_none(
    client: Any, connect: Connect, clock: Clock
) -> None:
    """https://core.telegram.org/method/contacts.resolvePhone"""
    await client(ResolvePhoneRequest(BOBS))
    await (await connect(EVE))(ResolvePhoneRequest(BOBS))
    for _ in range(3):
        await client(ResolveUsernameRequest("bob_reads"))
    with pytest.raises(errors.FloodWaitError):
        await client(ResolvePhoneRequest(BOBS))
    assert clock.now == 100.0


async def test_a_hidden_person_is_found_by_their_contacts_only(
    client: Any, world: World, server: MtprotoServer
) -> None:
    """https://core.telegram.org/constructor/inputPrivacyKeyAddedByPhone"""
    server.phone_lookups.seconds = 0
    world.people[BOB].findable_by_phone = False
    with pytest.raises(errors.PhoneNotOccupiedError):
        await client(ResolvePhoneRequest(BOBS))
    imported = await client(ImportContactsRequest([InputPhoneContact(1, BOBS, "Bob", "")]))
    assert (imported.imported, imported.users) == ([], [])
    world.people[BOB].contacts.add(ANN)
    assert (await client(ResolvePhoneRequest(BOBS))).users[0].id == BOB


async def test_a_deleted_account_has_no_number(
    client: Any, world: World, server: MtprotoServer
) -> None:
    """https://core.telegram.org/method/contacts.resolvePhone#possible-errors"""
    server.phone_lookups.seconds = 0
    world.people[BOB].deleted = True
    with pytest.raises(errors.PhoneNotOccupiedError):
        await client(ResolvePhoneRequest(BOBS))
    world.add(PersonRecord(104, "Heir", phone=BOBS))
    assert (await client(ResolvePhoneRequest(BOBS))).users[0].id == 104


async def test_strangers_see_no_number_not_even_one_that_they_looked_up(
    client: Any, bob: Any, world: World, clock: Clock
) -> None:
    """https://core.telegram.org/constructor/inputPrivacyKeyPhoneNumber"""
    looked_up = (await client(ResolvePhoneRequest(BOBS))).users[0]
    assert (looked_up.id, looked_up.phone) == (BOB, None)

    async def seen() -> str | None:
        [user] = await client(GetUsersRequest([bob]))
        phone: str | None = user.phone
        return phone

    assert await seen() is None
    world.people[BOB].contacts.add(ANN)
    assert await seen() == BOBS
    world.people[BOB].phone_visible_to = "nobody"
    assert await seen() is None
    world.people[ANN].contacts.add(BOB)  # Ann saved the number: she knows it
    assert await seen() == BOBS
    world.people[ANN].contacts.clear()
    world.people[BOB].phone_visible_to = "everybody"
    assert await seen() == BOBS
    [me] = await client(GetUsersRequest(["me"]))
    assert me.phone == world.people[ANN].phone
    assert clock.now == 100.0
