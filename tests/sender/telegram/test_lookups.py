"""Look-ups are counted as Telegram hears them."""

from __future__ import annotations

from db.models.account import Account
from db.models.contact import Identity
from db.models.person import Person
from db.pool import Database
from sandbox.server import Sandbox
from sender.outcome.outcome import Ambiguous, Wait
from sender.telegram.account_client import DISCONNECTED
from sender.telegram.connect import TelegramAccess
from sender.telegram.resolve import resolve
from tests.sender.clients import open_clients


async def test_a_look_up_that_is_not_made_is_not_counted(
    database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
) -> None:
    """The client was closed since the row was claimed: its account goes to another process."""
    sandbox.add_person("Anna", username="anna_reads", phone="12025550199")
    counted: list[Identity] = []
    names = Identity(username="anna_reads"), Identity(phone="+12025550199")
    clients = await open_clients(database, access)
    client = await clients.get(account.id)

    async def look_up(identity: Identity) -> object:
        async def count() -> Wait | None:
            counted.append(identity)
            return None

        return await resolve(client, identity, None, count)

    assert isinstance(await look_up(names[0]), Person)
    assert counted == [names[0]]
    await clients.disconnect(account.id)
    for identity in names:
        assert await look_up(identity) == Ambiguous(DISCONNECTED, client_failed=True)
    assert counted == [names[0]]
