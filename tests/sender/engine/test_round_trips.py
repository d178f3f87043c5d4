"""A distant database: a batch costs five round trips, whatever its size, and the rate holds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

import db.pool
from benchmarks.delay_proxy import distant
from db.models.campaign import CampaignStatus
from db.pool import open_database
from db.queries import claims, contents, freezes, grants, peers, standings
from sender.background import Background
from sender.engine.runtime import Runtime
from sender.engine.schedule import Schedule
from sender.engine.slices import Slices
from tests.sender.stage import SECRET_KEY, Stage

ONE_WAY = 0.06  # seconds
FINISHED = CampaignStatus.FINISHED
BATCH = [  # the two in the middle are sent at once
    {standings.FIND_STANDING},
    {claims.CLAIM_NEXT},
    {peers.FIND_KNOWN_PAIRS, contents.FIND_FIELDS},
    {grants.COUNT_UNCHANGED},
    {freezes.FREEZE_DELIVERIES},
]

IN_SLICE = ContextVar("IN_SLICE", default=False)


@pytest.fixture
def of_slices(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements for which slices wait, in their order."""
    sent: list[str] = []
    deliver, start, set_codecs = Slices._deliver, Background.start, db.pool._set_codecs

    async def in_slice(slices: Slices, campaign_id: int) -> None:
        IN_SLICE.set(True)
        await deliver(slices, campaign_id)

    def beside(background: Background, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        token = IN_SLICE.set(False)
        try:
            return start(background, work)
        finally:
            IN_SLICE.reset(token)

    def note(record: Any) -> None:
        own = "typeinfo" in record.query or "'jit'" in record.query  # asyncpg's, once a connection
        if IN_SLICE.get() and not own:
            sent.append(record.query)

    async def listen(connection: Any) -> None:
        await set_codecs(connection)
        connection.add_query_logger(note)

    monkeypatch.setattr(Slices, "_deliver", in_slice)
    monkeypatch.setattr(Background, "start", beside)
    monkeypatch.setattr(db.pool, "_set_codecs", listen)
    return sent


async def known_people(stage: Stage, count: int) -> list[Any]:
    """People to whom the account has written."""
    people = stage.people(count)
    first = await stage.campaign(people, rate=(100, 1))
    await stage.start()
    await stage.until(first, FINISHED)
    await stage.stop()
    return people


@pytest.mark.parametrize("senders", [1, 3])
async def test_a_batch_costs_five_round_trips(
    stage: Stage, of_slices: list[str], senders: int
) -> None:
    accounts = await stage.accounts(senders)
    people = await known_people(stage, 40)
    campaign_id = await stage.campaign(people, rate=(20, 1), accounts=accounts)
    near = await open_database(stage.database.dsn)
    stage.runtime = Runtime(near, SECRET_KEY, stage.access, Schedule(near.dsn))
    await stage.runtime.start()
    await stage.until(campaign_id, FINISHED)
    await stage.stop()
    await near.close()
    begins = [n for n, query in enumerate(of_slices) if query == standings.FIND_STANDING]
    batches = [of_slices[begin:end] for begin, end in zip(begins, [*begins[1:], None], strict=True)]
    sent = [batch for batch in batches if freezes.FREEZE_DELIVERIES in batch]
    assert len(sent) >= 3
    for batch in sent:
        expected = list(BATCH)
        while expected:
            wanted = expected.pop(0)
            assert set(batch[: len(wanted)]) == wanted
            del batch[: len(wanted)]
        assert batch == []


async def test_a_campaign_keeps_its_rate_with_a_distant_database(stage: Stage) -> None:
    people = await known_people(stage, 60)
    before = len(stage.sent())
    campaign_id = await stage.campaign(people, rate=(10, 1))
    async with distant(stage.database.dsn, ONE_WAY) as dsn:
        far = await open_database(dsn)
        stage.runtime = Runtime(far, SECRET_KEY, stage.access, Schedule(far.dsn))
        await stage.runtime.start()
        await stage.until(campaign_id, FINISHED)
        await stage.stop()
        await far.close()
    moments = sorted(entry["at"] for entry in stage.sent()[before:])
    assert len(moments) == 60
    assert 59 / (moments[-1] - moments[0]) >= 9.9
