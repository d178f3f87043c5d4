"""Compares the rows of a history with what arrived."""

from __future__ import annotations

from collections import Counter, defaultdict

from db.pool import Database
from db.queries import campaigns
from tests.sender.histories import rows
from tests.sender.histories.telegram import Telegram
from tests.sender.histories.world import World

DAY = 86_400.0


async def judge(database: Database, world: World, telegram: Telegram) -> None:
    """Raise an AssertionError when a row is untrue, or a person got a message twice or too soon."""
    copies = telegram.copies()
    assert not [one for one, count in copies.items() if count > 1], "two copies"
    async with database.connection() as connection:
        found = await connection.fetch(rows.FIND_DELIVERIES, world.campaigns)
        of = {one: await campaigns.get(connection, one) for one in world.campaigns}
    reached: Counter[tuple[int, int]] = Counter()
    moments: defaultdict[int, list[float]] = defaultdict(list)
    for row in found:
        arrived = row["random_id"] in copies
        if row["status"] in ("failed", "skipped"):
            assert not arrived, f"denied: {dict(row)}"
        if row["status"] == "sent":
            assert arrived, f"untrue: {dict(row)}"
        if row["status"] == "pending" and not row["in_doubt"]:
            assert not arrived, f"would be sent again: {dict(row)}"
        if arrived and of[row["campaign_id"]].mode == "live":
            person = world.persons[row["contact_id"]]
            reached[row["campaign_id"], person] += 1
            moments[person].append(telegram.arrival(row["random_id"]))
    assert not [one for one, count in reached.items() if count > 1], "one person twice"
    if all(one.frequency_hours or one.mode != "live" for one in of.values()):
        for person, at in moments.items():
            apart = max(at) - min(at)
            assert len(at) < 2 or apart > DAY - 2, f"{person} got two within {apart} s"
