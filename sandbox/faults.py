"""Scripted faults: what fails, in which API, for which calls, and how many times.

A test scripts a fault. The APIs call `take` once for each call and inject the fault it returns. The
first script that matches wins, in the order in which they were scripted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Literal

Api = Literal["mtproto", "bot_api"]


@dataclass(frozen=True, slots=True)
class RpcError:
    """MTProto answers with the error `name`: "PEER_FLOOD", "FLOOD_WAIT_7".

    Without a `code` it is the one that Telegram gives to this name.
    """

    name: str
    code: int | None = None
    after_effect: bool = False


@dataclass(frozen=True, slots=True)
class BotApiError:
    """The Bot API answers with HTTP status `code`; `retry_after` is in seconds, for 429."""

    code: int
    description: str
    retry_after: int | None = None
    after_effect: bool = False


@dataclass(frozen=True, slots=True)
class Latency:
    """The call takes `seconds` longer; with `after_effect` the answer is late, not the effect."""

    seconds: float
    after_effect: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is closed: before the effect, after it, or within the answer's frame."""

    at: Literal["before_effect", "after_effect", "mid_frame"]


@dataclass(frozen=True, slots=True)
class BlackHole:
    """The connection goes silent for `seconds` and is then closed; data sent meanwhile is lost."""

    seconds: float = 90.0
    after_effect: bool = False


@dataclass(frozen=True, slots=True)
class Undecodable:
    """The effect happens, and MTProto answers with bytes that no client can parse."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """The effect happens, and MTProto answers with another constructor of the same TL type.

    `constructor` is a TL name: with "userEmpty" each User of the answer becomes a userEmpty, and
    with "messages.dialogsNotModified" the whole answer of messages.getDialogs. Fields with the same
    name keep their values.
    """

    constructor: str


@dataclass(frozen=True, slots=True)
class Emptied:
    """The effect happens, and these lists of MTProto's answer are empty: ("users", "chats")."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionRevoked:
    """The calling MTProto session ends for good with this error, before or after the effect."""

    name: str = "SESSION_REVOKED"
    after_effect: bool = False


Fault = (
    RpcError
    | BotApiError
    | Latency
    | Cut
    | BlackHole
    | Undecodable
    | Substitute
    | Emptied
    | SessionRevoked
)


def happens_after_effect(fault: Fault) -> bool:
    """Return whether the call takes effect before the fault is injected."""
    match fault:
        case Cut(at):
            return at != "before_effect"
        case Undecodable() | Substitute() | Emptied():
            return True
    return fault.after_effect


# The TL methods that send a message.
SENDING = ("messages.sendMessage", "messages.sendMedia", "messages.sendMultiMedia")


def flood_wait(seconds: int) -> RpcError:
    """Return the error FLOOD_WAIT_`seconds` of MTProto."""
    return RpcError(f"FLOOD_WAIT_{seconds}")


def too_many_requests(retry_after: int) -> BotApiError:
    """Return the Bot API's 429 with `retry_after` in seconds."""
    return BotApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after)


@dataclass(slots=True)
class Script:
    """One scripted fault. `times_hit` counts the calls that met it; `cancel` ends it."""

    fault: Fault
    api: Api | None = None
    methods: frozenset[str] | None = None
    account: int | None = None
    recipient: int | None = None
    count: int | None = 1
    share: float = 1.0
    times_hit: int = 0
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True

    @property
    def spent(self) -> bool:
        """Whether no further call can meet it."""
        return self.cancelled or (self.count is not None and self.times_hit >= self.count)

    def matches(self, api: Api, method: str, account: int | None, recipient: int | None) -> bool:
        """Return whether a call with these properties may meet this fault."""
        return (
            _api_of(self.fault) in (None, api)
            and self.api in (None, api)
            and (self.methods is None or method in self.methods)
            and self.account in (None, account)
            and self.recipient in (None, recipient)
        )


def _api_of(fault: Fault) -> Api | None:
    """Return the only API in which this fault can happen; None for both."""
    match fault:
        case RpcError() | Undecodable() | Substitute() | Emptied() | SessionRevoked():
            return "mtproto"
        case BotApiError():
            return "bot_api"
    return None


@dataclass(slots=True)
class Faults:
    """All scripted faults.

    `chance` decides for shares below 1: seed it to make a run repeatable.
    """

    chance: random.Random = field(default_factory=random.Random)
    _scripts: list[Script] = field(default_factory=list)
    _subscribers: list[Callable[[], None]] = field(default_factory=list)

    def script(
        self,
        fault: Fault,
        *,
        api: Api | None = None,
        method: str | Collection[str] | None = None,
        account: int | None = None,
        recipient: int | None = None,
        count: int | None = 1,
        share: float = 1.0,
    ) -> Script:
        """Inject `fault` into the next `count` calls that match (None: until cancelled).

        `method` is the TL name of MTProto ("messages.sendMessage") or the name of the Bot API
        ("sendMessage"), or several of them: `SENDING` matches the next message in whichever way it
        is sent. `account` is the user id of the caller, also of a bot; `recipient` that of a person
        or a chat. `share` is the fraction of the matching calls that are hit, from 0 to 1.
        """
        methods = (
            None if method is None else frozenset([method] if isinstance(method, str) else method)
        )
        script = Script(fault, api, methods, account, recipient, count, share)
        self._scripts.append(script)
        return script

    def take(
        self, api: Api, method: str, account: int | None = None, recipient: int | None = None
    ) -> Fault | None:
        """Return the fault that this call meets, counted as a hit; None for a call without one."""
        self._scripts = [script for script in self._scripts if not script.spent]
        for script in self._scripts:
            if script.matches(api, method, account, recipient) and (
                script.share >= 1.0 or self.chance.random() < script.share
            ):
                script.times_hit += 1
                for notify in list(self._subscribers):
                    notify()
                return script.fault
        return None

    def subscribe(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` synchronously for each hit; return the function that unsubscribes."""
        self._subscribers.append(notify)
        return lambda: self._subscribers.remove(notify)

    def clear(self) -> None:
        """Cancel every script."""
        for script in self._scripts:
            script.cancel()
        self._scripts.clear()
