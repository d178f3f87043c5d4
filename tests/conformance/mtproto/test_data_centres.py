"""Two data centres: migration at sign-in, in a running client, and of the network."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.auth import (
    ExportAuthorizationRequest,
    ImportAuthorizationRequest,
    ImportLoginTokenRequest,
)
from telethon.tl.functions.help import GetConfigRequest, GetNearestDcRequest
from telethon.tl.functions.messages import SendMessageRequest

from sandbox.faults import Faults, RpcError
from sandbox.rpc import MtprotoServer
from sandbox.world import World
from tests.sandbox.mtproto.conftest import ANN, BOB, Connect

PHONE = "+12025550101"
FIRST, SECOND = 2, 4


@pytest.fixture
def at_second(connect: Connect, server: MtprotoServer) -> Connect:
    """Connects a client without a login to the second data centre."""

    async def connect_there() -> Any:
        client = await connect(None)
        await client.disconnect()
        client.session.set_dc(SECOND, *server.addresses[SECOND])
        client.session.auth_key = None
        client._sender.auth_key.key = None
        await client.connect()
        return client

    return connect_there


async def test_the_configuration_has_the_address_of_every_data_centre(
    client: Any, at_second: Connect, server: MtprotoServer
) -> None:
    """https://core.telegram.org/constructor/config"""
    config, theirs = await client(GetConfigRequest()), await (await at_second())(GetConfigRequest())
    for one in (config, theirs):
        assert {o.id: (o.ip_address, o.port) for o in one.dc_options} == server.addresses
    assert (config.this_dc, theirs.this_dc) == (FIRST, SECOND)
    assert server.addresses[FIRST] == (server.host, server.port)
    assert len({port for _, port in server.addresses.values()}) == 2
    assert (await client(GetNearestDcRequest())).this_dc == FIRST


@pytest.mark.parametrize("password", [None, "correct horse"])
async def test_a_sign_in_goes_to_the_home_of_the_number(
    connect: Connect, world: World, password: str | None
) -> None:
    """https://core.telegram.org/api/errors#303-see-other"""
    world.people[ANN].home_dc, world.people[ANN].password = SECOND, password
    client = await connect(None, request_retries=1)
    asked = await client.send_code_request(PHONE)
    assert client.session.dc_id == SECOND
    if password is None:
        await client.sign_in(PHONE, "12345", phone_code_hash=asked.phone_code_hash)
    else:
        with pytest.raises(errors.SessionPasswordNeededError):
            await client.sign_in(PHONE, "12345", phone_code_hash=asked.phone_code_hash)
        await client.sign_in(password=password)
    assert (await client.get_me()).id == ANN
    session = client.session.save()
    await client.disconnect()
    assert (await (await connect(ANN, session=session)).get_me()).id == ANN


@pytest.mark.parametrize("error", [f"PHONE_MIGRATE_{SECOND}", f"NETWORK_MIGRATE_{SECOND}"])
async def test_a_scripted_migration_leads_to_the_other_data_centre(
    connect: Connect, faults: Faults, error: str
) -> None:
    """https://core.telegram.org/api/errors#303-see-other"""
    script = faults.script(RpcError(error), method="auth.sendCode")
    client = await connect(None, request_retries=1)
    await client.send_code_request(PHONE)
    assert (await client.sign_in(PHONE, "12345")).id == ANN
    assert (script.times_hit, client.session.dc_id) == (1, SECOND)


async def test_a_client_that_does_not_repeat_is_told_where_to_go(
    connect: Connect, world: World
) -> None:
    """https://core.telegram.org/api/errors#303-see-other"""
    world.people[ANN].home_dc = SECOND
    client = await connect(None)
    with pytest.raises(errors.PhoneMigrateError) as moved:
        await client.send_code_request(PHONE)
    assert (moved.value.code, moved.value.new_dc) == (303, SECOND)


async def test_an_account_that_moved_is_sent_to_its_home_with_every_call(
    client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/api/errors#303-see-other"""
    world.people[ANN].home_dc = SECOND
    with pytest.raises(errors.UserMigrateError) as moved:
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    assert moved.value.new_dc == SECOND
    assert world.history(BOB, ANN) == []
    # Telethon has gone there by itself, with a key of which nothing is known there.
    assert client.session.dc_id == SECOND
    assert await client.get_me() is None


async def test_a_sign_in_is_carried_to_another_data_centre(
    connect: Connect, at_second: Connect, client: Any, world: World
) -> None:
    """https://core.telegram.org/method/auth.exportAuthorization"""
    world.people[ANN].home_dc = SECOND
    exported = await client(ExportAuthorizationRequest(SECOND))
    there = await at_second()
    welcome = await there(ImportAuthorizationRequest(exported.id, exported.bytes))
    assert (welcome.user.id, welcome.user.is_self) == (ANN, True)
    bob = await there.get_input_entity("bob_reads")
    await there(SendMessageRequest(bob, "Hi", random_id=1))
    assert [m.text for m in world.history(BOB, ANN)] == ["Hi"]
    came: asyncio.Queue[Any] = asyncio.Queue()
    there.add_event_handler(came.put)
    await world.send(BOB, ANN, text="Hello")
    assert "Hello" in str(await asyncio.wait_for(came.get(), 5))
    session = there.session.save()
    await there.disconnect()
    assert (await (await connect(ANN, session=session)).get_me()).id == ANN


async def test_an_exported_sign_in_is_of_use_once_and_there_only(
    connect: Connect, at_second: Connect, client: Any
) -> None:
    """https://core.telegram.org/method/auth.importAuthorization#possible-errors"""
    for wrong in (FIRST, 9):
        with pytest.raises(errors.DcIdInvalidError):
            await client(ExportAuthorizationRequest(wrong))
    there, here = await at_second(), await connect(None)
    exported = await client(ExportAuthorizationRequest(SECOND))
    with pytest.raises(errors.AuthBytesInvalidError):
        await here(ImportAuthorizationRequest(exported.id, exported.bytes))
    again = await client(ExportAuthorizationRequest(SECOND))
    with pytest.raises(errors.AuthBytesInvalidError):
        await there(ImportAuthorizationRequest(BOB, again.bytes))
    third = await client(ExportAuthorizationRequest(SECOND))
    await there(ImportAuthorizationRequest(third.id, third.bytes))
    with pytest.raises(errors.AuthBytesInvalidError):
        await there(ImportAuthorizationRequest(third.id, third.bytes))


async def test_a_key_of_one_data_centre_is_unknown_to_the_other(
    connect: Connect, server: MtprotoServer
) -> None:
    """https://core.telegram.org/api/datacenter"""
    client = await connect(ANN)
    await client.disconnect()
    client.session.set_dc(SECOND, *server.addresses[SECOND])
    with pytest.raises(errors.AuthKeyNotFound):
        await client.connect()
    with pytest.raises(errors.AuthKeyNotFound):
        await client.disconnected


@pytest.mark.parametrize("password", [None, "correct horse"])
async def test_a_qr_code_scanned_by_a_person_of_the_other_data_centre(
    connect: Connect, server: MtprotoServer, world: World, password: str | None
) -> None:
    """https://core.telegram.org/constructor/auth.loginTokenMigrateTo"""
    world.people[ANN].home_dc, world.people[ANN].password = SECOND, password
    client = await connect(None)
    shown = await client.qr_login()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        waiting = group.create_task(end_of(shown))
        await asyncio.sleep(0)
        server.scan_qr_code(shown.url, ANN)
        end = await waiting
    if password is None:
        assert end.id == ANN
    else:
        assert isinstance(end, errors.SessionPasswordNeededError)
        await client.sign_in(password=password)
    assert (client.session.dc_id, (await client.get_me()).id) == (SECOND, ANN)
    with pytest.raises(errors.AuthTokenInvalidError):
        await client(ImportLoginTokenRequest(b"of no QR code"))


async def end_of(shown: Any) -> Any:
    try:
        return await shown.wait()
    except errors.RPCError as error:
        return error


async def test_a_session_is_issued_revoked_and_dropped_at_home(
    connect: Connect, server: MtprotoServer, world: World
) -> None:
    """https://core.telegram.org/api/datacenter"""
    world.people[ANN].home_dc = SECOND
    session = server.issue_session(ANN)
    client = await connect(ANN, session=session)
    assert (client.session.dc_id, (await client.get_me()).id) == (SECOND, ANN)
    server.revoke(ANN)
    assert await client.get_me() is None
    server.drop_connections(ANN)
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(asyncio.shield(client.disconnected), 5)


async def test_files_are_fetched_from_the_data_centre_that_has_them(
    connect: Connect, world: World
) -> None:
    """https://core.telegram.org/api/files"""
    media = world.new_media("document", b"price list", file_name="prices.txt")
    await world.send(BOB, ANN, media=media)
    world.people[ANN].home_dc = SECOND
    client = await connect(ANN)
    [message] = await client.get_messages("bob_reads")
    assert await client.download_media(message, bytes) == b"price list"
    assert list(client._borrowed_senders) == [FIRST]  # FILE_MIGRATE_2 has led Telethon there
