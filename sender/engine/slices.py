"""Delivers campaigns in slices: for a few seconds, a slice claims rows and starts their attempts.

Each tick extends the slice until after the next tick is due, so the rate has no gaps. Without ticks
the slice ends. A batch is claimed a moment before the last slot of the one before. A slice does not
wait for its attempts to end.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from db.models.campaign import CampaignStatus, Mode
from db.models.delivery import Claim, Claimed
from db.models.opt_out import closing_line
from db.pool import Database
from db.queries import campaigns, claims, installation, rescues, templates
from sender.accounts.eligibility import Eligibility, Pause, Plan, Sender
from sender.accounts.pauses import pause
from sender.accounts.waits import find_pause
from sender.background import Background, Signal, first_of
from sender.engine.attempt import Attempt, Attempts
from sender.engine.preparation import Preparation
from sender.engine.settler import Settler
from sender.pacing.database_clock import READINGS, DatabaseClock
from sender.pacing.departures import LOOKAHEAD, MOST_IN_BATCH, batch_size
from sender.pacing.late_departures import LateDepartures

SLICE_SECONDS = 7.5  # longer than one interval of ticks, shorter than two
DRY_RUN_INTERVAL = timedelta(seconds=0.01)  # 100 a second, since nothing is sent
IDLE_SECONDS = 1.0  # the longest wait when there is nothing to claim
SHORTEST_IDLE_SECONDS = 0.2


class Slices:
    """The slices of this process, at most one for each campaign.

    `process` is the name under which rows are claimed. A slice that idles looks again when
    `changed` is sent.
    """

    def __init__(
        self,
        database: Database,
        background: Background,
        changed: Signal,
        eligibility: Eligibility,
        preparation: Preparation,
        attempts: Attempts,
        settler: Settler,
        process: str,
    ) -> None:
        self._database, self._background, self._changed = database, background, changed
        self._eligibility, self._preparation = eligibility, preparation
        self._attempts, self._settler, self._process = attempts, settler, process
        self._halts: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._clock = DatabaseClock()
        self._late_departures: dict[tuple[int, timedelta], LateDepartures] = {}
        self._ends: dict[int, float] = {}  # of the slices, by campaign, on the loop's clock

    def halt(self, campaign_id: int) -> None:
        """Let nothing more of this campaign leave; give back the rows that wait for their slots."""
        if (halt := self._halts.pop(campaign_id, None)) is not None:
            halt.set()

    @property
    def begun(self) -> list[int]:
        """The campaigns that have had a slice and were not halted since."""
        return list(self._halts)

    def halt_all(self) -> None:
        """Let nothing more leave; slices and attempts under way end by themselves."""
        for campaign_id in self.begun:
            self.halt(campaign_id)

    def extend(self, campaign_id: int) -> None:
        """Let the slice of this campaign end SLICE_SECONDS from now; begin one if there is none."""
        under_way = campaign_id in self._ends
        self._ends[campaign_id] = asyncio.get_running_loop().time() + SLICE_SECONDS
        if not under_way:
            self._background.start(self._run_slice(campaign_id))

    async def _run_slice(self, campaign_id: int) -> None:
        try:
            await self._deliver(campaign_id)
        finally:
            del self._ends[campaign_id]

    async def _deliver(self, campaign_id: int) -> None:
        halt = self._halts[campaign_id]
        if (plan := await self._plan(campaign_id)) is None:
            self.halt(campaign_id)
            return
        loop = asyncio.get_running_loop()
        while not halt.is_set() and loop.time() < self._ends[campaign_id]:
            changed = self._changed.event
            if plan.campaign.expanded_at is None:
                await first_of(halt, changed, until=loop.time() + SHORTEST_IDLE_SECONDS)
                if (plan := await self._plan(campaign_id)) is None:
                    self.halt(campaign_id)
                    return
                continue
            dry = plan.campaign.mode is Mode.DRY_RUN
            senders = [] if dry else await self._senders(plan)
            if not senders and not dry:
                await first_of(halt, changed, until=loop.time() + IDLE_SECONDS)
                continue
            claim = await self._claim(plan, senders)
            if claim is None:
                if (early := await self._slot_wait(campaign_id)) > 0:
                    await first_of(halt, changed, until=loop.time() + min(early, IDLE_SECONDS))
                    continue
                if not dry and (why := await find_pause(self._database, plan.campaign)):
                    await self._pause(plan, why)
                if (wait := await self._wait_or_finish(campaign_id)) is None:
                    return
                await first_of(halt, changed, until=loop.time() + wait)
                continue
            next_claim_at = await self._start_attempts(plan, claim, senders, halt)
            await first_of(halt, until=next_claim_at)

    async def _senders(self, plan: Plan) -> list[Sender]:
        """Return the accounts that may send now, or pause the campaign and return none."""
        found = await self._eligibility.senders(plan)
        if isinstance(found, Pause):
            await self._pause(plan, found)
            return []
        return found

    async def _pause(self, plan: Plan, why: Pause) -> None:
        await pause(self._database, plan.campaign.id, why.reason, why.resumes_at)

    async def _plan(self, campaign_id: int) -> Plan | None:
        """Return what is to be delivered; None when the campaign does not run."""
        async with self._database.transaction() as connection:
            await self._clock.read(connection, READINGS)
            campaign = await campaigns.get(connection, campaign_id)
            if campaign.status is not CampaignStatus.RUNNING or campaign.template_id is None:
                return None
            template = await templates.get(connection, campaign.template_id)
            ending = closing_line(template, await installation.find_opt_out_line(connection))
        dry = campaign.mode is Mode.DRY_RUN
        interval = DRY_RUN_INTERVAL if dry else campaign.rate.interval
        return Plan(campaign, template, interval, ending)

    async def _claim(self, plan: Plan, senders: Sequence[Sender]) -> Claim | None:
        """Claim rows that are due again, else the next fresh rows; None when there are none.

        While no account may make first contacts, rows whose contact has a conversation with one of
        them are claimed out of turn.
        """
        if plan.campaign.mode is Mode.DRY_RUN:
            messages = firsts = MOST_IN_BATCH
        else:
            messages = sum(sender.messages_soon() for sender in senders)
            firsts = sum(sender.firsts_soon() for sender in senders)
        if (size := min(messages, batch_size(1 / plan.interval.total_seconds()))) == 0:
            return None
        ids = [sender.account_id for sender in senders]
        free = [sender.account_id for sender in senders if sender.firsts_soon()]
        args = plan.campaign.id, size, plan.interval
        async with self._database.connection() as connection:
            await self._clock.read(connection)
            if behind := await claims.claim_behind(
                connection, *args, ids, for_first_attempts=free, process=self._process
            ):
                return behind
            if not firsts:
                able = [sender.account_id for sender in senders if sender.messages_soon()]
                return await claims.claim_known(connection, *args, able, process=self._process)
            args = plan.campaign.id, min(size, firsts), plan.interval
            return await claims.claim_fresh(connection, *args, process=self._process)

    async def _start_attempts(
        self, plan: Plan, claim: Claim, senders: Sequence[Sender], halt: asyncio.Event
    ) -> float:
        """Start the attempts of a claim; return when to claim the next, on the loop's clock."""
        late_departures = self._late_departures_of(plan)
        departures = late_departures.departures
        async with self._releasing([*claim.rows, *claim.to_skip]):
            prepared, to_resolve = await self._preparation.prepare(
                plan, claim, senders, self._clock, departures
            )
        self._start(prepared, late_departures, halt)
        for sender, rows in to_resolve:  # look-ups are slow, and no other row waits for them
            self._background.start(self._resolve_and_attempt(plan, sender, rows, halt))
        return max(self._clock.local(claim.next_slot_at), departures.last) - LOOKAHEAD

    async def _resolve_and_attempt(
        self, plan: Plan, sender: Sender, rows: Sequence[Claimed], halt: asyncio.Event
    ) -> None:
        late_departures = self._late_departures_of(plan)
        async with self._releasing(rows):
            prepared = await self._preparation.prepare_resolved(
                plan, sender, rows, self._clock, late_departures.departures
            )
        self._start(prepared, late_departures, halt)

    def _start(
        self, prepared: Sequence[Attempt], late_departures: LateDepartures, halt: asyncio.Event
    ) -> None:
        if prepared:
            late_departures.read_before(prepared[0].departs_at, halt)
        for attempt in prepared:
            self._background.start(self._attempts.make(attempt, halt))

    @asynccontextmanager
    async def _releasing(self, rows: Sequence[Claimed]) -> AsyncIterator[None]:
        """Release these rows after an error: a claim must not hold them until it expires."""
        try:
            yield
        except Exception:  # the database is away
            self._background.start(self._settler.release(rows))
            raise

    def _late_departures_of(self, plan: Plan) -> LateDepartures:
        key = plan.campaign.id, plan.interval
        if key not in self._late_departures:
            seconds = plan.interval.total_seconds()
            self._late_departures[key] = LateDepartures(
                self._database, self._clock, self._background, plan.campaign.id, seconds
            )
        return self._late_departures[key]

    async def _slot_wait(self, campaign_id: int) -> float:
        """Return the seconds until the campaign's next slot may be claimed; 0: now."""
        async with self._database.connection() as connection:
            return (await claims.find_slot_wait(connection, campaign_id)).total_seconds()

    async def _wait_or_finish(self, campaign_id: int) -> float | None:
        """Return the seconds until there may be something to claim.

        When every delivery is settled, finish the campaign and return None.
        """
        async with self._database.connection() as connection:
            if await campaigns.finish(connection, campaign_id):
                return None
            wait = await rescues.find_next_wait(connection, campaign_id)
            if wait is None:
                await rescues.rewind_cursor(connection, campaign_id)
        seconds = wait.total_seconds() if wait else 0.0
        return min(IDLE_SECONDS, max(SHORTEST_IDLE_SECONDS, seconds))
