"""Sessions: one key on one connection, ended by a revocation."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telethon import TelegramClient, errors
from telethon.tl.functions.messages import SendMessageRequest

from sandbox.rpc import MtprotoServer
from tests.sandbox.mtproto.conftest import ANN, Connect


async def test_a_second_living_connection_ends_the_session_for_both(
    connect: Connect, client: Any
) -> None:
    """https://core.telegram.org/api/errors#406-not-acceptable"""
    with pytest.raises(errors.AuthKeyDuplicatedError):
        await connect(ANN, session=client.session.save())
    with pytest.raises(errors.AuthKeyDuplicatedError):
        await client.get_me()


async def test_a_session_may_move_to_a_new_connection(connect: Connect, client: Any) -> None:
    """https://core.telegram.org/mtproto/description#session"""
    session = client.session.save()
    for _ in range(3):
        await client.disconnect()
        client = await connect(ANN, session=session)
    assert (await client.get_me()).id == ANN


@pytest.mark.parametrize("hours", [-24, 24])
async def test_a_client_with_a_wrong_clock_is_corrected(connect: Connect, hours: int) -> None:
    """https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message"""
    client = await connect(ANN)
    session = client.session
    await client.disconnect()
    late = TelegramClient(session, 1, "hash")
    late._sender._state.time_offset = hours * 3600
    await late.connect()
    assert (await late.get_me()).id == ANN
    assert abs(late._sender._state.time_offset) <= 1
    await late.disconnect()


async def test_a_revoked_session_is_refused_for_good(
    connect: Connect, client: Any, bob: Any, server: MtprotoServer
) -> None:
    """https://core.telegram.org/api/errors#401-unauthorized"""
    session = client.session.save()
    server.revoke(ANN)
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client(SendMessageRequest(bob, "Hello", random_id=1))
    await client.disconnect()
    assert await (await connect(ANN, session=session)).get_me() is None


async def test_a_connected_client_learns_at_once_that_it_was_revoked(
    client: Any, server: MtprotoServer
) -> None:
    """https://core.telegram.org/constructor/updatesTooLong"""
    await client.get_me()
    server.revoke(ANN, "SESSION_REVOKED")
    async with asyncio.timeout(5):
        with pytest.raises(errors.SessionRevokedError):
            await client.run_until_disconnected()
