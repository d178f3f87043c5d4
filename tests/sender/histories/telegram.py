"""A Telegram at the border of the engine: clients and attempts that end as a random choice says."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telethon.tl import functions, types

from sender.accounts.health import AccountHealth
from sender.engine.attempt import OPEN_AGAIN_AFTER, Attempt
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.settler import Settler
from sender.outcome.outcome import (
    AccountLimited,
    AccountLost,
    Ambiguous,
    Outcome,
    Refused,
    Retry,
    Sent,
    Wait,
)
from sender.telegram.account_client import OPENING
from sender.telegram.clients import CannotOpen, Elsewhere, SignedOut

SEND = "SendMessageRequest"


@dataclass(slots=True)
class Telegram:
    """What it has done and will do. `now` returns the time of the history in seconds.

    `trouble` is the share of the calls that do not simply succeed. `people` are user ids by
    username and by phone. `effects` holds (account, peer, random_id) and when it arrived.
    """

    chance: random.Random
    now: Callable[[], float]
    people: dict[str, int] = field(default_factory=dict)
    trouble: float = 0.0
    revoked: set[int] = field(default_factory=set)
    disabled: set[int] = field(default_factory=set)
    effects: dict[tuple[int, object, int], float] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def copies(self) -> Counter[int]:
        """Return how many messages have each random_id."""
        return Counter(random_id for _, _, random_id in self.effects)

    def arrival(self, random_id: int) -> float:
        """Return when the first message with this random_id arrived."""
        return min(at for (_, _, one), at in self.effects.items() if one == random_id)

    def user(self, name: str) -> types.User:
        """Return who carries this username or phone."""
        user_id, username = self.people[name], None if name.startswith("+") else name
        return types.User(id=user_id, access_hash=user_id, username=username)


class Client:
    """The client of one account, as far as addressing uses it."""

    def __init__(self, account_id: int, telegram: Telegram, health: AccountHealth) -> None:
        self.account_id, self._telegram, self._health = account_id, telegram, health
        self.connected = True

    def known_user(self, _: int) -> None:
        return None

    def known_carrier(self, **_: object) -> None:
        return None

    async def call(self, request: Any, read: Callable[[Any], Any]) -> Any:
        kind, telegram = type(request).__name__, self._telegram
        if telegram.chance.random() < telegram.trouble / 4:
            wait = Wait(telegram.chance.choice([2, 90, 5000]), "FLOOD_WAIT_X")
            outcome = wait if telegram.chance.random() < 0.5 else Ambiguous("TIMEOUT")
            telegram.log.append(f"look-up from {self.account_id}: {outcome}")
            began = asyncio.get_running_loop().time()
            await self._health.report(self.account_id, 1, kind, outcome, began)
            return outcome
        if isinstance(request, functions.users.GetUsersRequest):
            return read([])
        name = getattr(request, "username", None) or request.phone
        user = telegram.user(name)
        return read(types.contacts.ResolvedPeer(types.PeerUser(user.id), [], [user]))


class Clients:
    def __init__(self, telegram: Telegram, health: AccountHealth) -> None:
        self._telegram, self._health = telegram, health

    async def get(self, account_id: int) -> Client:
        if account_id in self._telegram.disabled:
            raise Elsewhere
        if account_id in self._telegram.revoked:
            await self._health.report(account_id, 1, OPENING, AccountLost("AUTH_KEY_X"), 0.0)
            raise SignedOut("AUTH_KEY_X")
        return Client(account_id, self._telegram, self._health)


class Attempts:
    """Makes attempts at once: their slots are not waited for."""

    def __init__(
        self,
        telegram: Telegram,
        clients: Clients,
        health: AccountHealth,
        settler: Settler,
        handler: OutcomeHandler,
    ) -> None:
        self._telegram, self._clients, self._health = telegram, clients, health
        self._settler, self._handler = settler, handler

    async def make(self, attempt: Attempt, halt: asyncio.Event) -> None:
        telegram, account_id = self._telegram, attempt.account_id
        assert account_id is not None
        assert attempt.message is not None
        if halt.is_set():
            await self._settler.give_back(attempt.row)
            return
        try:
            await self._clients.get(account_id)
        except CannotOpen as error:
            await self._settler.give_back(attempt.row, OPEN_AGAIN_AFTER, error.reason)
            return
        if telegram.chance.random() < telegram.trouble / 5:
            telegram.log.append(f"killed before the call of {attempt.row.id}")
            return
        peer = attempt.message.peer
        key = account_id, peer and peer.peer_id, attempt.message.random_id
        outcome, arrives = self._outcome(account_id)
        if arrives:
            telegram.effects.setdefault(key, telegram.now())
        elif key in telegram.effects and isinstance(outcome, Refused | Retry):
            outcome = Sent(1)  # a repeated call is answered with the message of the first one
        telegram.log.append(f"{attempt.row.id} from {account_id}: {outcome}, arrived: {arrives}")
        if telegram.chance.random() < telegram.trouble / 5:
            telegram.log.append(f"killed before the answer of {attempt.row.id}")
            return
        began = asyncio.get_running_loop().time()
        await self._health.report(account_id, 1, SEND, outcome, began)
        await self._handler.handle(attempt.campaign, attempt.row, account_id, outcome)

    def _outcome(self, account_id: int) -> tuple[Outcome, bool]:
        """Return the outcome of a call, and whether its message arrives."""
        chance = self._telegram.chance
        if chance.random() >= self._telegram.trouble:
            return Sent(1), True
        arrives = chance.random() < 0.5
        match chance.randrange(10):
            case 0:
                self._telegram.revoked.add(account_id)
                return AccountLost("AUTH_KEY_X"), arrives
            case 1 | 8 | 9:
                return Wait(chance.choice([2, 100, 5000, 5000]), "FLOOD_WAIT_X"), False
            case 2:
                return AccountLimited("PEER_FLOOD"), False
            case 3:
                return Retry("MSG_X"), False
            case 4:
                return Refused("USER_IS_BLOCKED", opted_out=True), False
            case 5:
                return Refused("USER_PRIVACY_RESTRICTED"), False
            case _:
                return Ambiguous("TIMEOUT"), arrives
