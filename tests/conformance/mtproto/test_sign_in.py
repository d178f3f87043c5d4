"""Sign-in through a real handshake: by code, by password, by QR code."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from telethon import errors
from telethon.network import ConnectionTcpAbridged, ConnectionTcpFull, ConnectionTcpIntermediate
from telethon.tl.functions.auth import SendCodeRequest
from telethon.tl.types import CodeSettings

from sandbox.rpc import MtprotoServer
from sandbox.world import World
from tests.sandbox.mtproto.conftest import ANN, Connect

PHONE = "+1 202 555 0101"


async def test_a_code_signs_a_person_in(connect: Connect) -> None:
    """https://core.telegram.org/api/auth"""
    client = await connect(None)
    asked = await client.send_code_request(PHONE)
    me = await client.sign_in(PHONE, "12345", phone_code_hash=asked.phone_code_hash)
    assert me.id == ANN
    assert (await client.get_me()).phone == "12025550101"


async def test_a_wrong_code_is_refused_and_may_be_tried_again(connect: Connect) -> None:
    """https://core.telegram.org/api/auth"""
    client = await connect(None)
    await client.send_code_request(PHONE)
    with pytest.raises(errors.PhoneCodeInvalidError):
        await client.sign_in(PHONE, "54321")
    assert (await client.sign_in(PHONE, "12345")).id == ANN


async def test_a_code_that_was_not_requested_has_expired(connect: Connect) -> None:
    """https://core.telegram.org/api/auth"""
    client = await connect(None)
    with pytest.raises(errors.PhoneCodeExpiredError):
        await client.sign_in(PHONE, "12345", phone_code_hash="of another login")


async def test_a_password_is_asked_for_after_the_code(connect: Connect, world: World) -> None:
    """https://core.telegram.org/api/srp"""
    world.people[ANN].password = "correct horse"
    client = await connect(None)
    await client.send_code_request(PHONE)
    with pytest.raises(errors.SessionPasswordNeededError):
        await client.sign_in(PHONE, "12345")
    assert not await client.is_user_authorized()
    with pytest.raises(errors.PasswordHashInvalidError):
        await client.sign_in(password="wrong horse")
    assert (await client.sign_in(password="correct horse")).id == ANN


async def test_the_password_alone_does_not_sign_in(connect: Connect, world: World) -> None:
    """https://core.telegram.org/api/srp"""
    world.people[ANN].password = "correct horse"
    client = await connect(None)
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client.sign_in(password="correct horse")


async def settled(work: Coroutine[Any, Any, Any]) -> Any:
    """Return the result of an awaitable, or its exception."""
    return (await asyncio.gather(work, return_exceptions=True))[0]


@pytest.mark.parametrize("password", [None, "correct horse"])
async def test_a_scanned_qr_code_signs_a_person_in(
    connect: Connect, server: MtprotoServer, world: World, password: str | None
) -> None:
    """https://core.telegram.org/api/qr-login"""
    world.people[ANN].password = password
    client = await connect(None)
    shown = await client.qr_login()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(settled(shown.wait()))
        await asyncio.sleep(0)
        server.scan_qr_code(shown.url, ANN)
        if password is None:
            assert (await waiting).id == ANN
        else:
            assert isinstance(await waiting, errors.SessionPasswordNeededError)
            assert (await client.sign_in(password=password)).id == ANN
    assert (await client.get_me()).id == ANN


async def test_a_qr_code_can_be_scanned_once(connect: Connect, server: MtprotoServer) -> None:
    """https://core.telegram.org/api/qr-login"""
    shown = await (await connect(None)).qr_login()
    server.scan_qr_code(shown.url, ANN)
    with pytest.raises(LookupError):
        server.scan_qr_code(shown.url, ANN)


async def test_an_unknown_number_cannot_sign_in(connect: Connect) -> None:
    """https://core.telegram.org/method/auth.signIn"""
    client = await connect(None)
    await client.send_code_request("+12025550199")
    with pytest.raises(errors.PhoneNumberUnoccupiedError):
        await client.sign_in("+12025550199", "12345")


async def test_an_invalid_phone_number_is_refused(connect: Connect) -> None:
    """https://core.telegram.org/method/auth.sendCode#possible-errors"""
    client = await connect(None)
    with pytest.raises(errors.PhoneNumberInvalidError):
        await client(SendCodeRequest("12", 1, "hash", CodeSettings()))


async def test_before_login_nothing_else_may_be_asked(connect: Connect) -> None:
    """https://core.telegram.org/api/errors#401-unauthorized"""
    client = await connect(None)
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client.get_input_entity("bob_reads")


async def test_a_saved_session_needs_no_login(connect: Connect) -> None:
    """https://core.telegram.org/api/auth"""
    client = await connect(None)
    await client.send_code_request(PHONE)
    await client.sign_in(PHONE, "12345")
    session = client.session.save()
    await client.disconnect()
    assert (await (await connect(ANN, session=session)).get_me()).id == ANN


async def test_signing_out_ends_the_session(connect: Connect, server: MtprotoServer) -> None:
    """https://core.telegram.org/method/auth.logOut"""
    session = server.issue_session(ANN)
    client = await connect(ANN, session=session)
    await client.log_out()
    assert await (await connect(ANN, session=session)).get_me() is None


@pytest.mark.parametrize(
    "transport", [ConnectionTcpFull, ConnectionTcpIntermediate, ConnectionTcpAbridged]
)
async def test_every_transport_completes_the_handshake(connect: Connect, transport: Any) -> None:
    """https://core.telegram.org/mtproto/mtproto-transports"""
    client = await connect(None, connection=transport)
    await client.send_code_request(PHONE)
    assert (await client.sign_in(PHONE, "12345")).id == ANN
    big = await client.send_message("me", "x" * 4096)
    assert len(big.message) == 4096
