"""Freezes, bars, identifications, imports and ends of overlapping people at once: no deadlock."""

from __future__ import annotations

import asyncio
import random

import pytest

from db import barring
from db.models.contact import Identity, identity_hash
from db.models.delivery import DeliveryStatus, Settled, Verdict
from db.models.person import Person
from db.models.suppression import SuppressionReason
from db.pool import Database
from db.queries import claims, deliveries, freezes, persons, suppressions
from tests.db.rows import LEASE, SECOND, SEED, draft, frozen

PEOPLE, CAMPAIGNS, WORKERS, ROUNDS = 12, 4, 8, 25
START = """
WITH started AS (
    UPDATE campaigns SET status = 'running', started_at = now(), expanded_at = now(), total = 12,
        rate_count = 1000 RETURNING id
)
INSERT INTO deliveries (campaign_id, contact_id, contact_list_id, pos)
SELECT started.id, contacts.id, 1, contacts.id FROM started, contacts WHERE contacts.id <= 12
"""
DOUBLED = """
SELECT count(*) FROM deliveries AS one JOIN deliveries AS other USING (campaign_id, person_id)
WHERE one.id < other.id AND one.random_id IS NOT NULL AND other.random_id IS NOT NULL
"""


class People:
    """What several tasks do with the same twelve people. Two contacts are often one person."""

    def __init__(self, database: Database, key: bytes, chance: random.Random) -> None:
        self._database, self._key, self._chance = database, key, chance

    def _hash(self, name: str) -> bytes:
        return identity_hash(self._key, name)

    async def send(self) -> None:
        campaign_id = self._chance.randrange(1, CAMPAIGNS + 1)
        async with self._database.connection() as connection:
            claim = await claims.claim_fresh(
                connection, campaign_id, 4, SECOND / 1000, process="main"
            )
        if claim is None:
            return
        wanted = []
        for row in self._chance.sample(claim.rows, len(claim.rows)):
            person = await self.identify(row.contact_id)
            wanted.append(frozen(row, person))
        async with self._database.transaction() as connection:
            judged = await freezes.freeze(connection, campaign_id, wanted)
        ends = [
            Settled(one.id, one.token, DeliveryStatus.SENT, 1)
            if judged[one.id].verdict is Verdict.FROZEN
            else Settled(one.id, one.token, DeliveryStatus.SKIPPED, reason="suppressed")
            for one in wanted
        ]
        if ends:
            async with self._database.connection() as connection:
                await deliveries.settle(connection, ends)

    async def identify(self, contact_id: int) -> int:
        """Find that a contact is one of six people, who exchange their usernames at times."""
        user_id = contact_id % (PEOPLE // 2) + 1
        usernames = tuple(f"p{n}" for n in self._chance.sample(range(1, PEOPLE + 1), 2))
        person = Person("user", user_id, 1, usernames)
        hashes = [self._hash(name) for name in person.names()]
        async with self._database.connection() as connection:
            return await persons.identify(connection, 1, contact_id, person, hashes, hashes[0])

    async def bar(self) -> None:
        users = self._chance.sample(range(1, 30), 3)
        names = [Identity(username=f"x{n}") for n in self._chance.sample(range(60), 40)]
        async with self._database.transaction() as connection:
            await barring.bar(
                connection,
                self._key,
                SuppressionReason.OPT_OUT,
                user_ids=users if self._chance.random() < 0.2 else [100 + user for user in users],
                identities=names,
            )

    async def refuse(self) -> None:
        async with self._database.transaction() as connection:
            contact_id = self._chance.randrange(1, PEOPLE + 1)
            await persons.mark_unreachable(connection, contact_id, "INPUT_USER_DEACTIVATED")

    async def work(self) -> None:
        for _ in range(ROUNDS):
            await self._chance.choice([self.send, self.send, self.bar, self.refuse, self._look])()

    async def _look(self) -> None:
        await self.identify(self._chance.randrange(1, PEOPLE + 1))


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_happens_to_the_same_people_at_once_ends_in_no_deadlock(
    database: Database, seed: int
) -> None:
    async with database.connection() as connection:
        await connection.execute(SEED)
        await connection.execute(LEASE)
        for _ in range(CAMPAIGNS):
            await draft(connection, list(range(1, PEOPLE + 1)))
        await connection.execute(START)
        key = await suppressions.get_suppression_key(connection)
    people = People(database, key, random.Random(seed))
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for _ in range(WORKERS):
            group.create_task(people.work())
    async with database.connection() as connection:
        assert await connection.fetchval(DOUBLED) == 0
        assert await connection.fetchval("SELECT sum(sent) FROM campaigns") > 0
