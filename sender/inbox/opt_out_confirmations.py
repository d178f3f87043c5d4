"""Sends each person who has opted out one confirmation: "You will not hear from us again."

Its random_id is computed from the person's user id, so it arrives once, however often it is sent.
It belongs to no campaign and takes no slot.
"""

from __future__ import annotations

from datetime import timedelta

from db.models.installation import Installation
from db.models.opt_out import FAREWELLS
from db.models.reply import Farewell
from db.models.template import Filled
from db.pool import Database
from db.queries import peers
from db.queries import unclear_replies as doubts
from sender.outcome.outcome import AccountLost, Ambiguous, Outcome, Retry, Sent, Wait
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
            due = await doubts.page_farewells(connection)
        for farewell in due:
            await self._send(farewell)

    async def _send(self, farewell: Farewell) -> None:
        try:
            client = await self._clients.get(farewell.account_id)
        except CannotOpen:
            await self._postpone(farewell, repeat_wait(farewell.attempts + 1))
            return
        async with self._database.connection() as connection:
            peer = await peers.find_person(connection, farewell.account_id, farewell.peer_id)
        if peer is None and (peer := met(client, farewell.peer_id)) is None:
            await self._end(farewell, None, "PEER_UNKNOWN")
            return
        own = self._installation
        number = random_id(own.random_id_key, own.id, farewell.peer_id)
        content = Filled(FAREWELLS[farewell.language], ())
        outcome = await gateway.send(client, gateway.Message(peer, content, None, number))
        await self._act(farewell, outcome)

    async def _act(self, farewell: Farewell, outcome: Outcome) -> None:
        match outcome:
            case Sent(message_id):
                await self._end(farewell, message_id, None)
            case Wait() as told:
                await self._postpone(farewell, told.duration)
            case Ambiguous() | Retry() | AccountLost() if farewell.attempts < MOST_ATTEMPTS:
                await self._postpone(farewell, repeat_wait(farewell.attempts + 1))
            case refused:  # definitely not sent, or in doubt for too long
                await self._end(farewell, None, refused.reason)

    async def _postpone(self, farewell: Farewell, wait: timedelta) -> None:
        async with self._database.connection() as connection:
            await doubts.postpone_farewell(connection, farewell.peer_id, wait)

    async def _end(self, farewell: Farewell, message_id: int | None, reason: str | None) -> None:
        async with self._database.connection() as connection:
            await doubts.end_farewell(connection, farewell.peer_id, message_id, reason)
