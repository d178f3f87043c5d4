"""Claims a batch of deliveries: as many as its accounts may send and the rate allows."""

from __future__ import annotations

from collections.abc import Sequence

from db.models.campaign import Mode
from db.models.delivery import Claim
from db.pool import Database
from db.queries import claims
from sender.accounts.eligibility import Plan, Sender
from sender.pacing.batch_times import BatchTimes
from sender.pacing.database_clock import DatabaseClock
from sender.pacing.departures import MOST_IN_BATCH, batch_size


class Claiming:
    """Claims for the campaigns of this process, under its name `process`."""

    def __init__(
        self, database: Database, clock: DatabaseClock, times: BatchTimes, process: str
    ) -> None:
        self._database, self._clock, self._times = database, clock, times
        self._process = process

    async def claim(self, plan: Plan, senders: Sequence[Sender]) -> Claim | None:
        """Claim rows that are due again, else the next fresh rows; None when there are none.

        While no account may make first contacts, rows whose contact has a conversation with one of
        them are claimed out of turn.
        """
        dry = plan.campaign.mode is Mode.DRY_RUN
        messages = MOST_IN_BATCH if dry else sum(sender.messages_soon() for sender in senders)
        firsts = MOST_IN_BATCH if dry else sum(sender.firsts_soon() for sender in senders)
        covered = batch_size(1 / plan.interval.total_seconds(), self._times.covers)
        if (size := min(messages, covered)) == 0:
            return None
        lead = self._times.lead
        async with self._database.connection() as connection:
            if dry:
                await self._clock.read(connection)
            claim = await claims.claim_next(
                connection,
                plan.campaign.id,
                size,
                plan.interval,
                [sender.account_id for sender in senders],
                for_first_attempts=[one.account_id for one in senders if one.firsts_soon()],
                fresh_limit=min(size, firsts),
                process=self._process,
                lead=lead,
            )
            if claim is None and not firsts:
                claim = await claims.claim_known(
                    connection,
                    plan.campaign.id,
                    size,
                    plan.interval,
                    [sender.account_id for sender in senders if sender.messages_soon()],
                    process=self._process,
                    lead=lead,
                )
        return claim
