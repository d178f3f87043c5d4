"""A notice is sent and then marked: a crash in between repeats that one part at most."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.notices import service as notices
from bot.process.notifier import Notifier
from db.models.campaign import CampaignEvent
from db.models.notice import Notice
from db.pool import Database
from tests.bot.conftest import BOT, UTC_ZONE, Office
from tests.bot.rows import OPERATOR, settle
from tests.bot.test_notices import OPEN, advance, begin, heard, until_zero


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notifier looks for notices at once."""
    monkeypatch.setattr("bot.process.notifier.POLL_SECONDS", 0.05)


async def test_a_crash_between_a_send_and_its_mark_repeats_that_part_only(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stock, campaign_id = await begin(office)
    await settle(office.database, campaign_id, range(1, 7))
    crashed = asyncio.Event()
    mark = notices.mark_sent

    async def crash(database: Database, notice: Notice) -> None:
        if notice.admin_id == OPERATOR and not crashed.is_set():
            crashed.set()
            await asyncio.Event().wait()  # the process is gone
        await mark(database, notice)

    monkeypatch.setattr(notices, "mark_sent", crash)
    await advance(office, campaign_id, CampaignEvent.FINISH)
    await asyncio.wait_for(crashed.wait(), 30)
    await office.owner.wait_for(BOT, lambda m: m.media is not None)
    assert heard(office.operator, "6 delivered") == 1
    async with office.database.connection() as connection:  # the claim of the dead process ends
        await connection.execute("UPDATE notices SET due_at = now() WHERE sent_at IS NULL")
    async with asyncio.TaskGroup() as group:
        successor = group.create_task(Notifier(office.bot, office.database, zone=UTC_ZONE).run())
        await office.operator.wait_for(BOT, lambda m: m.media is not None)
        await until_zero(office.database, OPEN)
        successor.cancel()
    assert heard(office.operator, "6 delivered") == 2
    assert heard(office.owner, "6 delivered") == 1
    for person in (office.owner, office.operator):
        assert sum(m.media is not None for m in person.history(BOT)) == 1


async def test_a_mark_that_fails_repeats_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queries.notices.HOLD", timedelta(seconds=0.05))
    _stock, campaign_id = await begin(office)
    failures = failing(notices.mark_sent, 3)
    monkeypatch.setattr(notices, "mark_sent", failures)
    await advance(office, campaign_id, CampaignEvent.PAUSE)
    for person in (office.owner, office.operator):
        await person.wait_for(BOT, "has paused itself")
    await until_zero(office.database, OPEN)
    assert heard(office.owner, "paused itself") == heard(office.operator, "paused itself") == 1


def failing(
    act: Callable[[Database, Notice], Awaitable[None]], times: int
) -> Callable[[Database, Notice], Awaitable[None]]:
    """The act, which finds no database the first few times."""
    left = times

    async def mark(database: Database, notice: Notice) -> None:
        nonlocal left
        if left:
            left -= 1
            raise ConnectionError("the database is away")
        await act(database, notice)

    return mark
