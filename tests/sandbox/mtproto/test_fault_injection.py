"""Faults scripted for MTProto, each with its effect in the log."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.messages import SendMediaRequest, SendMessageRequest
from telethon.tl.functions.payments import GetStarsStatusRequest
from telethon.tl.functions.updates import GetStateRequest
from telethon.tl.types import InputMediaUploadedDocument, InputPeerSelf

from sandbox.faults import (
    SENDING,
    BlackHole,
    BotApiError,
    Cut,
    Fault,
    Faults,
    Latency,
    RpcError,
    SessionRevoked,
    Undecodable,
    flood_wait,
)
from sandbox.rpc import MtprotoServer
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect

Sent = Callable[[], list[dict[str, Any]]]


async def test_a_flood_wait_says_how_long_and_sends_nothing(
    client: Any, bob: Any, faults: Faults, sent: Sent
) -> None:
    script = faults.script(flood_wait(7), method="messages.sendMessage", account=ANN)
    with pytest.raises(errors.FloodWaitError) as refused:
        await client(SendMessageRequest(bob, "Hello", random_id=1))
    assert refused.value.seconds == 7
    assert (script.times_hit, sent()) == (1, [])


async def test_an_error_can_come_after_the_effect(
    client: Any, bob: Any, faults: Faults, sent: Sent
) -> None:
    faults.script(RpcError("RPC_CALL_FAIL", 500, after_effect=True), recipient=BOB)
    with pytest.raises(errors.RpcCallFailError):
        await client(SendMessageRequest(bob, "Hello", random_id=1))
    assert len(sent()) == 1


@pytest.mark.parametrize(
    ("cut", "copies"),
    [("before_effect", 0), ("after_effect", 1), ("mid_frame", 1)],
)
async def test_a_cut_comes_before_or_after_the_effect(
    client: Any, bob: Any, faults: Faults, sent: Sent, cut: Any, copies: int
) -> None:
    faults.script(Cut(cut), method="messages.sendMessage")
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)):
        await client(SendMessageRequest(bob, "Hello", random_id=1))
    assert len(sent()) == copies


@pytest.mark.parametrize(("after", "copies"), [(False, 0), (True, 1)], ids=["before", "after"])
async def test_a_black_hole_stays_silent_until_it_is_closed(
    client: Any, bob: Any, faults: Faults, sent: Sent, after: bool, copies: int
) -> None:
    faults.script(BlackHole(0.2, after_effect=after), method="messages.sendMessage")
    calls = [
        client(SendMessageRequest(bob, "Hello", random_id=1)),
        client(SendMessageRequest(bob, "Hello", random_id=2)),
    ]
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(end, BaseException) for end in ends)
    assert len([entry for entry in sent() if entry["random_id"] == 1]) == copies


async def test_a_message_exists_after_its_client_gave_up(
    connect: Connect, client: Any, bob: Any, faults: Faults, sent: Sent
) -> None:
    session = client.session.save()
    faults.script(BlackHole(after_effect=True), method="messages.sendMessage")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await client(SendMessageRequest(bob, "Hello", random_id=1))
    await client.disconnect()
    fresh = await connect(ANN, session=session)
    await fresh(SendMessageRequest(bob, "Hello", random_id=1))
    assert len(sent()) == 1


async def test_a_fault_hits_only_the_calls_that_match(
    client: Any, bob: Any, faults: Faults, sent: Sent
) -> None:
    faults.script(RpcError("PEER_FLOOD"), recipient=EVE, count=None)
    faults.script(RpcError("PEER_FLOOD"), account=EVE, count=None)
    faults.script(RpcError("PEER_FLOOD"), api="bot_api", count=None)
    faults.script(BotApiError(429, "Too Many Requests"), count=None)
    await client(SendMessageRequest(bob, "Hello", random_id=1))
    assert len(sent()) == 1


@pytest.mark.parametrize("fault", [Latency(0.0), RpcError("PEER_FLOOD")], ids=repr)
async def test_a_fault_ends_after_its_count(
    client: Any, bob: Any, faults: Faults, fault: Fault
) -> None:
    script = faults.script(fault, method="messages.sendMessage", count=2)
    for random_id in range(1, 5):
        await asyncio.gather(
            client(SendMessageRequest(bob, "Hello", random_id=random_id)), return_exceptions=True
        )
    assert script.times_hit == 2


def test_a_share_of_the_calls_is_hit_and_a_seed_repeats_it() -> None:
    def hits(seed: int) -> list[bool]:
        faults = Faults(random.Random(seed))
        faults.script(RpcError("PEER_FLOOD"), count=None, share=0.25)
        return [faults.take("mtproto", "messages.sendMessage") is not None for _ in range(400)]

    assert hits(1) == hits(1) != hits(2)
    assert 60 < sum(hits(1)) < 140


def test_a_cancelled_fault_hits_no_call() -> None:
    faults = Faults()
    faults.script(RpcError("PEER_FLOOD"), count=None).cancel()
    assert faults.take("mtproto", "messages.sendMessage") is None


async def test_an_unknown_method_fails_and_is_logged(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(errors.RPCError, match=r"_UNKNOWN_METHOD_payments\.getStarsStatus"):
        await client(GetStarsStatusRequest(InputPeerSelf()))
    assert "payments.getStarsStatus" in caplog.text


async def test_dropped_connections_can_be_made_again(
    connect: Connect, bob: Any, server: MtprotoServer, sent: Sent
) -> None:
    steady = await connect(ANN, auto_reconnect=True, retry_delay=0)
    server.drop_connections(ANN)
    await steady(SendMessageRequest(bob, "Hello", random_id=1))
    assert len(sent()) == 1


async def test_an_undecodable_answer_comes_after_the_effect(
    client: Any, bob: Any, faults: Faults, sent: Sent
) -> None:
    faults.script(Undecodable(), method="messages.sendMessage")
    with pytest.raises(errors.TypeNotFoundError):
        await client(SendMessageRequest(bob, "Hello", random_id=1))
    assert len(sent()) == 1
    await client(SendMessageRequest(bob, "Hello", random_id=1))
    assert len(sent()) == 1


@pytest.mark.parametrize(("after", "copies"), [(False, 0), (True, 1)], ids=["before", "after"])
async def test_a_session_revoked_in_the_middle_of_a_call_is_revoked_for_good(
    client: Any, bob: Any, faults: Faults, sent: Sent, after: bool, copies: int
) -> None:
    faults.script(SessionRevoked(after_effect=after), method="messages.sendMessage")
    for _ in range(2):
        with pytest.raises(errors.SessionRevokedError):
            await client(SendMessageRequest(bob, "Hello", random_id=1))
    assert len(sent()) == copies


async def test_sending_matches_every_method_that_sends(
    client: Any, bob: Any, faults: Faults
) -> None:
    script = faults.script(RpcError("PEER_FLOOD"), method=SENDING)
    await client.get_me()
    file = await client.upload_file(b"data", file_name="a.txt")
    media = InputMediaUploadedDocument(file, "text/plain", [])
    with pytest.raises(errors.PeerFloodError):
        await client(SendMediaRequest(bob, media, "", random_id=1))
    await client(SendMessageRequest(bob, "Hello", random_id=2))
    assert script.times_hit == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("PEER_FLOOD", 400),
        ("FLOOD_WAIT_7", 420),
        ("SLOWMODE_WAIT_9", 420),
        ("ALLOW_PAYMENT_REQUIRED_50", 403),
        ("RPC_CALL_FAIL", 500),
        ("SESSION_REVOKED", 401),
        ("SOMETHING_NEW", 400),
    ],
)
async def test_an_error_has_the_code_that_telegram_gives_it(
    client: Any, faults: Faults, name: str, code: int
) -> None:
    faults.script(RpcError(name))
    with pytest.raises(errors.RPCError) as refused:
        await client(GetStateRequest())
    assert refused.value.code == code
