"""A call that is made again is the same call: to the same person, the same words and number."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl.functions.messages import SendMessageRequest

from db.models.campaign import CampaignStatus
from sandbox.faults import SENDING, BlackHole, RpcError
from sender import gateway
from tests.sender.stage import Stage

FINISHED = CampaignStatus.FINISHED
MUTE_SECONDS = 300.0  # longer than any patience here


async def test_a_repeat_is_the_same_call_whatever_has_changed_meanwhile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failures before the effect, so that nothing but the repeats can settle the row."""
    asked: list[SendMessageRequest] = []
    ask = gateway.ask

    async def listen(client: Any, request: Any, seconds: float) -> Any:
        if isinstance(request, SendMessageRequest):
            asked.append(request)
        return await ask(client, request, seconds)

    monkeypatch.setattr(gateway, "ask", listen)
    stage.sandbox.faults.script(RpcError("RPC_CALL_FAIL"), method=SENDING, count=2)
    campaign_id = await stage.campaign(stage.people(1))
    await stage.start()
    await stage.until_rows("SELECT FROM deliveries WHERE reason = 'RPC_CALL_FAIL'")
    await stage.run("UPDATE contact_list_members SET fields = '{}'")
    await stage.run("UPDATE templates SET text = 'Something else'")
    await stage.until(campaign_id, FINISHED)
    assert len(asked) == 3
    assert len({bytes(request) for request in asked}) == 1


async def test_a_call_that_is_never_answered_is_given_up_and_made_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telethon would wait for ever; and what is queued in that client must not go out later."""
    clients: dict[int, list[Any]] = {}
    ask = gateway.ask

    async def listen(client: Any, request: Any, seconds: float) -> Any:
        if isinstance(request, SendMessageRequest):
            clients.setdefault(request.random_id, []).append(client)
        return await ask(client, request, seconds)

    monkeypatch.setattr(gateway, "ask", listen)
    monkeypatch.setattr(gateway, "CALL_SECONDS", 1.0)
    stage.sandbox.faults.script(BlackHole(MUTE_SECONDS), method=SENDING)
    people = stage.people(3)
    campaign_id = await stage.campaign(people, rate=(2, 1))
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    assert stage.copies() == {person.id: 1 for person in people}
    (mute, heard) = next(used for used in clients.values() if len(used) > 1)
    assert mute is not heard
