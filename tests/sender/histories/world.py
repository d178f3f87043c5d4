"""Who takes part in a history: accounts, people under one or two names, campaigns to them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from db.pool import Connection, Database
from db.queries import rescues
from tests.sender.histories import rows
from tests.sender.histories.telegram import Telegram

# Enough of everything: messages a minute and a day, first contacts and look-ups a day, seconds.
WIDE = (60_000, 1000, 1000, 0, 1000, 0)


@dataclass(slots=True)
class World:
    """The ids of its rows. `persons` holds Telegram's user id of each contact."""

    campaigns: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)
    persons: dict[int, int] = field(default_factory=dict)

    async def add_account(self, connection: Connection, caps: tuple[int, ...] = WIDE) -> int:
        """Add an account with these caps (the order of account_caps) and return its id."""
        account_id: int = await connection.fetchval(rows.ADD_ACCOUNT)
        await connection.execute(rows.CAP, account_id, *caps)
        self.accounts.append(account_id)
        return account_id

    async def add_contact(
        self, connection: Connection, telegram: Telegram, name: str, user_id: int
    ) -> int:
        """Add a contact, a username or a phone, who is this user; return its id."""
        phone = name if name.startswith("+") else None
        args = name, None if phone else name, phone
        contact_id: int = await connection.fetchval(rows.ADD_CONTACT, *args)
        telegram.people[name], self.persons[contact_id] = user_id, user_id
        return contact_id

    async def add_campaign(
        self, connection: Connection, to: list[int], senders: list[int], *options: Any
    ) -> int:
        """Add a running campaign; `options` are the parameters of ADD_CAMPAIGN, or none."""
        options = options or ("live", len(to), 100, 1, None, False, None, None, rows.zone_of_noon())
        campaign_id: int = await connection.fetchval(rows.ADD_CAMPAIGN, *options)
        await connection.execute(rows.ADD_DELIVERIES, campaign_id, to)
        await connection.execute(rows.ADD_SENDERS, campaign_id, senders)
        self.campaigns.append(campaign_id)
        return campaign_id

    async def describe(self, database: Database) -> list[str]:
        """Return a line for each delivery, each account, and what each campaign waits for."""
        async with database.connection() as connection:
            found = await connection.fetch(rows.FIND_DELIVERIES, self.campaigns)
            facts = await connection.fetch(rows.FIND_FACTS, self.accounts)
            waiting = [(one, await rescues.find_waiting(connection, one)) for one in self.campaigns]
        return [str(dict(row)) for row in (*found, *facts)] + [str(one) for one in waiting]


async def add_random_rows(
    connection: Connection, world: World, telegram: Telegram, chance: random.Random, seed: int
) -> None:
    """Add up to three accounts, some people, and one or two campaigns to some of them."""
    for _ in range(chance.choice([1, 2, 2, 3])):
        caps = (
            chance.choice([1, 20, 60_000]),
            chance.choice([2, 5, 1000]),
            chance.choice([1, 2, 3, 1000]),
            chance.choice([0, 0, 120]),
            chance.choice([1, 4, 1000]),
            chance.choice([0, 3, 30]),
        )
        account_id = await world.add_account(connection, caps)
        telegram.log.append(f"account {account_id}: {caps}")
    for n in range(chance.randrange(2, 6)):
        user_id = seed * 1000 + n + 1
        names = [f"u{user_id}x", f"+{user_id}"]
        for name in names[: chance.choice([1, 2, 2])]:
            await world.add_contact(connection, telegram, name, user_id)
    contacts = list(world.persons)
    for _ in range(chance.randrange(1, 3)):
        to = chance.sample(contacts, chance.randrange(2, len(contacts) + 1))
        quiet: tuple[Any, Any] = (None, None)
        if chance.random() < 0.3:
            begin = chance.randrange(24)
            quiet = rows.hours(begin), rows.hours(begin + chance.randrange(1, 12))
        options = (
            chance.choice(["live", "live", "live", "test"]),
            len(to),
            *chance.choice([(100, 1), (1, 1), (20, 60), (1, 60)]),
            chance.choice([None, 24]),
            chance.random() < 0.3,
            *quiet,
            rows.zone_of_noon(),
        )
        count = chance.choice([1, len(world.accounts), len(world.accounts)])
        senders = chance.sample(world.accounts, count)
        campaign_id = await world.add_campaign(connection, to, senders, *options)
        telegram.log.append(f"campaign {campaign_id} from {senders}: {options}")
