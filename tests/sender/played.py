"""A campaign played in seconds: the real claims, quotas, freezes and ends on a clock that is set.

The functions of SQL that tell the time are hidden by ones that read a row. Telegram is left out: a
look-up finds a new person, and a message arrives at the moment that was granted for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from db import forecasting
from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.delivery import Claimed, DeliveryStatus, Frozen, Settled, Verdict
from db.models.forecast import Forecast
from db.models.person import Person
from db.models.reason import Reason
from db.models.template import Filled
from db.pool import Database, open_database
from db.queries import (
    accounts,
    breakers,
    campaigns,
    caps,
    deliveries,
    expansion,
    freezes,
    peers,
    persons,
    templates,
)
from sender.accounts.eligibility import SENDING, Eligibility, Pause, Plan, Sender
from sender.accounts.quotas import LOOKUP_PATIENCE, Quotas
from sender.accounts.waits import find_pause
from sender.background import Background, Signal
from sender.engine.addressing import DUE_AGAIN_AFTER, Addressing
from sender.engine.slices import Slices
from sender.pacing.departures import LOOKAHEAD

NONE: Any = None
LONGEST_IDLE = timedelta(seconds=20)  # nothing changes meanwhile that would end it sooner
MOST_ROUNDS = 200_000

SET_UP = """
CREATE SCHEMA played;
CREATE TABLE played.clock (at timestamptz NOT NULL);
CREATE FUNCTION played.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT at FROM played.clock';
CREATE FUNCTION played.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT at FROM played.clock';
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = played, public, pg_catalog',
                   current_database());
END $$;
"""


@asynccontextmanager
async def open_played(dsn: str, at: datetime) -> AsyncIterator[Played]:
    """Open the database so that its clock says `at`."""
    before = await open_database(dsn, connections=1)
    async with before.connection() as connection:
        await connection.execute(SET_UP)
        await connection.execute("INSERT INTO played.clock VALUES ($1)", at)
    await before.close()
    database = await open_database(dsn)
    try:
        yield Played(database, at)
    finally:
        await database.close()


class Played:
    """Plays campaigns on `database`; `now` is what its clock says."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self._eligibility, self._quotas = Eligibility(database, NONE), Quotas(database)
        self._addressing = Addressing(database, NONE, self._quotas, NONE, NONE)
        self._slices = Slices(
            database, Background(), Signal(), self._eligibility, NONE, NONE, NONE, cast("str", None)
        )

    async def set_clock(self, at: datetime) -> None:
        """Move the clock on to `at`; it is never put back."""
        self.now = max(self.now, at)
        async with self.database.connection() as connection:
            await connection.execute("UPDATE played.clock SET at = $1", self.now)

    async def forecast(self, campaign_id: int, people: int | None = None) -> Forecast:
        """Return the forecast of now; `people` of a draft."""
        async with self.database.connection() as connection:
            campaign = await campaigns.get(connection, campaign_id)
            of_campaign = await accounts.page_of_campaign(connection, campaign_id)
            found = await forecasting.find(connection, campaign, of_campaign, people)
        assert found is not None
        return found

    async def begin(self, campaign_id: int) -> None:
        """Start the draft and write its deliveries."""
        async with self.database.transaction() as connection:
            await campaigns.advance(connection, campaign_id, CampaignEvent.START, admin_id=1)
            while not (await expansion.expand(connection, campaign_id)).last:
                pass

    async def play(self, campaign_id: int, until: datetime | None = None) -> datetime | None:
        """Deliver the campaign to its end, or to `until`; return when its last message left."""
        for _ in range(MOST_ROUNDS):
            if (until is not None and self.now >= until) or not await self._round(campaign_id):
                break
        async with self.database.connection() as connection:
            last: datetime | None = await connection.fetchval(
                "SELECT max(settled_at) FROM deliveries WHERE campaign_id = $1 AND status = 'sent'",
                campaign_id,
            )
        return last

    async def _round(self, campaign_id: int) -> bool:
        """Do once what the loop of a slice does; return False at the campaign's end."""
        async with self.database.connection() as connection:
            campaign = await campaigns.get(connection, campaign_id)
            template = await templates.get(connection, campaign.template_id or 0)
            _, quiet_end = await breakers.get(connection, campaign_id)
            found = await accounts.page_of_campaign(connection, campaign_id)
            sending = [one.id for one in found if one.status in SENDING]
            budgets = await caps.find_budgets(connection, sending, campaign.zone)
        assert campaign.status is CampaignStatus.RUNNING
        plan = Plan(campaign, template, campaign.rate.interval)
        if quiet_end is not None:
            await self.set_clock(quiet_end)
            return True
        senders = [Sender(one, NONE, None, budgets[one]) for one in sending]
        if not senders:
            await self.set_clock(min(one.resting_until for one in found if one.resting_until))
            return True
        claim = await self._slices._claim(plan, senders)
        if claim is None:
            return await self._idle(plan)
        await self._skip(plan, claim.to_skip)
        for row, sender in await self._addressing._assign(claim.rows, senders):
            await self._deliver(plan, row, sender)
        await self.set_clock(claim.next_slot_at - timedelta(seconds=LOOKAHEAD))
        return True

    async def _idle(self, plan: Plan) -> bool:
        campaign_id = plan.campaign.id
        wait = timedelta(seconds=await self._slices._slot_wait(campaign_id))
        if wait <= timedelta():
            why = await find_pause(self.database, plan.campaign)
            if isinstance(why, Pause):
                assert why.resumes_at is not None
                await self.set_clock(why.resumes_at)
                return True
            seconds = await self._slices._wait_or_finish(campaign_id)
            if seconds is None:
                return False
            wait = await self._next_wait(campaign_id) or timedelta(seconds=seconds)
        await self.set_clock(self.now + wait)
        return True

    async def _next_wait(self, campaign_id: int) -> timedelta | None:
        """Return a longer wait than the second after which a slice looks again."""
        async with self.database.connection() as connection:
            due = await connection.fetchval(
                "SELECT min(due_at) FROM deliveries WHERE campaign_id = $1 AND status = 'pending'"
                " AND due_at > $2 AND NOT EXISTS (SELECT FROM deliveries WHERE campaign_id = $1"
                " AND status = 'pending' AND (due_at IS NULL OR due_at <= $2))",
                campaign_id,
                self.now,
            )
        return LONGEST_IDLE if due is None else due - self.now

    async def _skip(self, plan: Plan, rows: Sequence[Claimed]) -> None:
        async with self.database.connection() as connection:
            for row in rows:
                await self._not_now(connection, plan, row, row.skip_reason or "", row.wait_until)

    async def _not_now(
        self, connection: Any, plan: Plan, row: Claimed, reason: str, until: datetime | None
    ) -> None:
        if reason == Reason.FREQUENCY and until is not None and not plan.campaign.frequency_skips:
            await deliveries.postpone(connection, [row.id], [row.token], [until], reason)
        else:
            ends = [Settled(row.id, row.token, DeliveryStatus.SKIPPED, reason=reason)]
            await deliveries.settle(connection, ends)

    async def _deliver(self, plan: Plan, row: Claimed, sender: Sender) -> None:
        """Address, grant, freeze and send one row, as far as the rules let it go."""
        campaign, account_id = plan.campaign, sender.account_id
        async with self.database.connection() as connection:
            met = await peers.find(connection, account_id, [row.person_id] if row.person_id else [])
            if row.person_id not in met:
                wait = await caps.claim_lookup(
                    connection, account_id, campaign.zone, LOOKUP_PATIENCE
                )
                if wait is None:
                    await deliveries.defer(connection, [row.id], [row.token], DUE_AGAIN_AFTER)
                    return
                name = f"p{row.contact_id}".encode()
                person = Person("user", row.contact_id, 1)
                row = row._replace(
                    person_id=await persons.identify(
                        connection, account_id, row.contact_id, person, [name], name
                    )
                )
        granted = await self._quotas.grant_messages(campaign, account_id, [row])
        async with self.database.transaction() as connection:
            if row.id not in granted:
                await deliveries.defer(connection, [row.id], [row.token], DUE_AGAIN_AFTER)
                return
            content = Filled("Hello", ())
            frozen = Frozen(
                row.id, row.token, account_id, row.person_id, row.contact_id, row.id, content
            )
            judged = (await freezes.freeze(connection, campaign.id, [frozen]))[row.id]
            if judged.verdict is not Verdict.FROZEN:
                await self._not_now(connection, plan, row, judged.verdict, judged.wait_until)
                return
        await self.set_clock(granted[row.id])
        async with self.database.connection() as connection:
            ends = [Settled(row.id, row.token, DeliveryStatus.SENT, row.id)]
            assert await deliveries.settle(connection, ends) == 1
