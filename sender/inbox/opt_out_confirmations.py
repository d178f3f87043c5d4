"""Sends each person who has opted out one confirmation: "You will not hear from us again."

Its random_id is computed from the person's user id, so it arrives once, however often it is sent.
It belongs to no campaign and takes no slot.
"""

from __future__ import annotations

from datetime import timedelta

from db.models.installation import Installation
from db.models.opt_out import CONFIRMATIONS
from db.models.reply import OptOutConfirmation
from db.models.template import Filled
from db.pool import Database
from db.queries import opt_out_confirmations, peers
from sender.outcome.outcome import AccountLost, Ambiguous, Moved, Outcome, Retry, Sent, Wait
from sender.outcome.random_id import random_id
from sender.outcome.retry import repeat_wait
from sender.telegram import gateway
from sender.telegram.clients import CannotOpen, Clients
from sender.telegram.resolve import met

MOST_ATTEMPTS = 30  # half an hour without a definite answer; then the confirmation is given up


class OptOutConfirmations:
    """Sends the confirmations that are due."""

    def __init__(self, database: Database, clients: Clients, installation: Installation) -> None:
        self._database, self._clients, self._installation = database, clients, installation

    async def send_due(self) -> None:
        """Make one attempt of every confirmation that is due."""
        async with self._database.connection() as connection:
            due = await opt_out_confirmations.page_due(connection)
        for confirmation in due:
            await self._send(confirmation)

    async def _send(self, confirmation: OptOutConfirmation) -> None:
        try:
            client = await self._clients.get(confirmation.account_id)
        except CannotOpen:
            await self._postpone(confirmation, repeat_wait(confirmation.attempts + 1))
            return
        async with self._database.connection() as connection:
            peer = await peers.find_user(connection, confirmation.account_id, confirmation.peer_id)
        if peer is None and (peer := met(client, confirmation.peer_id)) is None:
            await self._end(confirmation, None, "PEER_UNKNOWN")
            return
        own = self._installation
        number = random_id(own.random_id_key, own.id, str(confirmation.peer_id))
        content = Filled(CONFIRMATIONS[confirmation.language], ())
        outcome = await gateway.send(client, gateway.Message(peer, content, None, number))
        await self._act(confirmation, outcome)

    async def _act(self, confirmation: OptOutConfirmation, outcome: Outcome) -> None:
        match outcome:
            case Sent(message_id):
                await self._end(confirmation, message_id, None)
            case Wait() as wait:
                await self._postpone(confirmation, wait.duration)
            case Ambiguous() | Retry() | Moved() | AccountLost() if (
                confirmation.attempts < MOST_ATTEMPTS
            ):
                await self._postpone(confirmation, repeat_wait(confirmation.attempts + 1))
            case refused:  # definitely not sent, or in doubt for too long
                await self._end(confirmation, None, refused.reason)

    async def _postpone(self, confirmation: OptOutConfirmation, wait: timedelta) -> None:
        async with self._database.connection() as connection:
            await opt_out_confirmations.postpone(connection, confirmation.peer_id, wait)

    async def _end(
        self, confirmation: OptOutConfirmation, message_id: int | None, reason: str | None
    ) -> None:
        async with self._database.connection() as connection:
            await opt_out_confirmations.settle(connection, confirmation.peer_id, message_id, reason)
