"""What a session has learnt outlives its process: no second look-up, no missed reply."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from telethon.tl import types

from db.models.account import Account
from db.models.campaign import CampaignStatus
from db.pool import Database
from db.queries import accounts, sessions
from sandbox.faults import Latency, RpcError
from sandbox.server import Sandbox
from sender.accounts.rekey import StillRunning, WrongKey, check_key, rekey
from sender.telegram.account_client import AccountClient
from sender.telegram.clients import CannotOpen, Clients
from sender.telegram.connect import TelegramAccess
from sender.telegram.sealing import CannotUnseal
from sender.telegram.session import KeptSession, load, save
from tests.sender.clients import open_clients
from tests.sender.stage import ACCOUNT_ID, SECRET_KEY, Stage

FINISHED = CampaignStatus.FINISHED
DIALOGS = "messages.getDialogs"


def counting(sandbox: Sandbox, method: str) -> Any:
    """Return a script whose `times_hit` counts the calls of this method."""
    return sandbox.faults.script(Latency(0), method=method, count=None)


def heard_by(clients: Clients) -> asyncio.Queue[str]:
    """Return the texts of the messages that these clients receive."""
    texts = asyncio.Queue[str]()

    def listen(client: AccountClient) -> None:
        async def hear(update: Any) -> None:
            texts.put_nowait(update.message.message)

        client.listen(hear, (types.UpdateNewMessage,))

    clients.when_opening.append(listen)
    return texts


async def test_after_a_restart_no_peer_is_looked_up_again(stage: Stage) -> None:
    people = stage.people(3)
    lookups = counting(stage.sandbox, "contacts.resolveUsername")
    for _ in range(2):
        campaign_id = await stage.campaign(people)
        await stage.start()
        assert (await stage.until(campaign_id, FINISHED)).counts.sent == 3
        await stage.stop()
    assert lookups.times_hit == 3


async def test_a_person_who_wrote_is_known_after_a_restart(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    friend = sandbox.add_person("Friend", username="friend")
    await sandbox.world.send(friend.id, ACCOUNT_ID, text="Hi!")
    dialogs = counting(sandbox, DIALOGS)
    for _ in range(2):
        clients = await open_clients(database, access)
        client = await clients.get(account.id)
        assert client.session.get_input_entity(types.PeerUser(friend.id)).user_id == friend.id
        assert client.session.get_input_entity("friend").user_id == friend.id
        await clients.close()
    assert dialogs.times_hit == 1, "a session that knows people does not ask for the latest dialogs"


async def test_a_reply_sent_while_no_client_was_open_is_received(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    friend = sandbox.add_person("Friend")
    first = await open_clients(database, access)
    heard = heard_by(first)
    await first.get(account.id)
    await sandbox.world.send(friend.id, ACCOUNT_ID, text="while open")
    assert await asyncio.wait_for(heard.get(), 5) == "while open"
    await first.close()
    await sandbox.world.send(friend.id, ACCOUNT_ID, text="while closed")
    second = await open_clients(database, access)
    heard = heard_by(second)
    client = await second.get(account.id)
    assert await asyncio.wait_for(heard.get(), 5) == "while closed"
    assert client.session.get_input_entity(types.PeerUser(friend.id)).user_id == friend.id
    await second.close()


async def test_a_reply_between_the_sign_in_and_the_first_start_is_received(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    friend = sandbox.add_person("Friend")
    await sandbox.world.send(friend.id, ACCOUNT_ID, text="early")
    clients = await open_clients(database, access)
    heard = heard_by(clients)
    await clients.get(account.id)
    assert await asyncio.wait_for(heard.get(), 5) == "early"
    await clients.close()


async def test_a_failed_opening_keeps_the_update_state(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    """Telethon passes pts 0 when it is closed before it has an update state."""
    async with database.connection() as connection:
        before = await sessions.find_update_states(connection, account.id)
    clients = await open_clients(database, access)
    script = sandbox.faults.script(RpcError("RPC_CALL_FAIL", 500), method="help.getConfig")
    with pytest.raises(CannotOpen):
        await clients.get(account.id)
    assert script.times_hit == 1
    async with database.connection() as connection:
        assert await sessions.find_update_states(connection, account.id) == before
    assert before


async def test_a_process_that_lost_the_account_writes_no_state(
    database: Database, account: Account
) -> None:
    session = await load(database, account.id, "")
    session.process_entities([types.User(77, access_hash=5, username="Anna", phone="100")])
    await save(database, account.id, session, fence=99)
    assert not (await load(database, account.id, "")).has_met_people


async def test_what_a_session_learns_is_saved_and_updated(
    database: Database, account: Account
) -> None:
    session = await load(database, account.id, "")
    session.process_entities([types.User(77, access_hash=5, username="Anna", phone="100")])
    session.set_update_state(0, types.updates.State(9, 0, datetime.now(UTC), 1, 0))
    await save(database, account.id, session, fence=0)
    assert session.take_news() == ([], [])
    session.process_entities([types.User(77, access_hash=6, username="Anya")])
    await save(database, account.id, session, fence=0)
    again = await load(database, account.id, "")
    assert again.get_input_entity("anya").access_hash == 6
    assert again.get_update_state(0).pts == 9
    with pytest.raises(ValueError, match="input entity"):
        again.get_input_entity("anna")  # she gave that name up


def test_users_without_a_usable_access_hash_are_not_kept() -> None:
    session = KeptSession()
    session.process_entities([types.User(77, access_hash=5, min=True)])
    assert not session.has_met_people


# --- the key ----------------------------------------------------------------------


async def test_a_new_key_opens_what_the_old_one_sealed(
    database: Database, access: TelegramAccess, account: Account
) -> None:
    assert await rekey(database, SECRET_KEY, "n" * 40) == 1
    assert await rekey(database, SECRET_KEY, "n" * 40) == 0, "a second run has nothing left"
    await check_key(database, "n" * 40)
    clients = await open_clients(database, access, "n" * 40)
    assert await clients.get(account.id)
    await clients.close()


async def test_a_key_that_opens_nothing_changes_nothing(
    database: Database, account: Account
) -> None:
    with pytest.raises(CannotUnseal):
        await rekey(database, "w" * 40, "n" * 40)
    await check_key(database, SECRET_KEY)
    assert account.name == "Olga"


async def test_the_key_is_not_changed_under_a_running_process(stage: Stage) -> None:
    await stage.start()
    with pytest.raises(StillRunning, match="main"):
        await rekey(stage.database, SECRET_KEY, "n" * 40)
    await stage.stop()
    assert await rekey(stage.database, SECRET_KEY, "n" * 40) == 1


async def test_another_key_is_refused_at_the_start_and_changes_no_account(
    database: Database, account: Account
) -> None:
    with pytest.raises(WrongKey, match=r"Olga.*Put the old key back"):
        await check_key(database, "w" * 40)
    async with database.connection() as connection:
        known = await accounts.get(connection, account.id)
    assert known == account
    await check_key(database, SECRET_KEY)
