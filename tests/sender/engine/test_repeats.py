"""A repeated call is the same call: same person, same content, same random_id."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from telethon.tl import types
from telethon.tl.functions.messages import SendMessageRequest

from db.models.campaign import CampaignStatus
from sandbox.faults import SENDING, BlackHole, RpcError
from sender.telegram.account_client import AccountClient
from sender.telegram.listener import Listener
from tests.sender.stage import Stage

FINISHED = CampaignStatus.FINISHED
MUTE_SECONDS = 300.0  # longer than any timeout of these tests


async def test_a_repeated_call_is_the_same_bytes_after_contact_and_template_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls fail before their effect, so that only a repeat can settle the row."""
    asked: list[SendMessageRequest] = []
    call = AccountClient.call

    async def listen(client: AccountClient, request: Any, read: Any) -> Any:
        if isinstance(request, SendMessageRequest):
            asked.append(request)
        return await call(client, request, read)

    monkeypatch.setattr(AccountClient, "call", listen)
    stage.sandbox.faults.script(RpcError("RPC_CALL_FAIL"), method=SENDING, count=2)
    campaign_id = await stage.campaign(stage.people(1))
    await stage.start()
    await stage.until_rows("SELECT FROM deliveries WHERE reason = 'RPC_CALL_FAIL'")
    await stage.run("UPDATE contact_list_members SET fields = '{}'")
    await stage.run("UPDATE templates SET text = 'Something else'")
    await stage.until(campaign_id, FINISHED)
    assert len(asked) == 3
    assert len({bytes(request) for request in asked}) == 1


async def test_an_unanswered_call_times_out_and_is_repeated_by_another_client(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telethon would wait without end, and what is queued in its client must not go out later.

    No other call is made meanwhile, since its failure would replace the client, too: all peers are
    known, and the check of the clients is off.
    """
    clients: dict[int, list[Any]] = {}
    call = AccountClient.call

    async def listen(client: AccountClient, request: Any, read: Any) -> Any:
        if isinstance(request, SendMessageRequest):
            clients.setdefault(request.random_id, []).append(client)
        return await call(client, request, read)

    monkeypatch.setattr(AccountClient, "call", listen)
    monkeypatch.setattr("sender.telegram.account_client.CALL_SECONDS", 4.0)
    monkeypatch.setattr("sender.engine.runtime.HEALTH_SECONDS", math.inf)
    people = stage.people(3)
    met = await stage.campaign(people, rate=(20, 1))
    await stage.start()
    await stage.until(met, FINISHED)
    clients.clear()
    stage.sandbox.faults.script(BlackHole(MUTE_SECONDS), method=SENDING)
    campaign_id = await stage.campaign(people, rate=(2, 1))
    await stage.until(campaign_id, FINISHED)
    assert stage.copies() == {person.id: 2 for person in people}
    (mute, heard) = next(used for used in clients.values() if len(used) > 1)
    assert mute is not heard


class Ear:
    """A client whose updates a test passes in."""

    heard: Callable[[Any], Awaitable[None]]

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id

    def listen(self, heard: Callable[[Any], Awaitable[None]], _: Any) -> None:
        self.heard = heard


async def test_a_late_update_message_id_ends_a_delivery_in_doubt(stage: Stage) -> None:
    (one,) = stage.people(1)
    campaign_id = await stage.campaign([one])
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    await stage.stop()
    await stage.run(
        "UPDATE deliveries SET status = 'sending', message_id = NULL, settled_at = NULL,"
        " claim_token = 1, claimed_until = now()"
    )
    await stage.run("UPDATE campaigns SET sent = 0, status = 'running', finished_at = NULL")
    (row,) = await stage.run("SELECT account_id, random_id FROM deliveries")
    await stage.run("UPDATE peers SET talked_at = NULL")
    await stage.run("UPDATE campaigns SET recent = ''")
    ear = Ear(row["account_id"])
    Listener(stage.database, b"key").attend(cast(AccountClient, ear))
    for _ in range(2):
        await ear.heard(types.UpdateMessageID(id=77, random_id=row["random_id"]))
    (row,) = await stage.run("SELECT status, message_id FROM deliveries")
    assert (row["status"], row["message_id"]) == ("sent", 77)
    assert (await stage.get(campaign_id)).counts.sent == 1
    (peer,) = await stage.run("SELECT talked_at IS NOT NULL AS talked FROM peers")
    (window,) = await stage.run("SELECT recent FROM campaigns")
    assert (peer["talked"], window["recent"]) == (True, "s"), "as if it had been settled at once"
