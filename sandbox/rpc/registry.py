"""The registry of handlers: which function handles which request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from sandbox.mtproto import Call
from sandbox.rpc.context import Context

Answer = Callable[[Context, Call], Awaitable[Any]]


class Handler(NamedTuple):
    """`before_login`: the request is allowed on a connection without a login."""

    answer: Answer
    before_login: bool


HANDLERS: dict[type, Handler] = {}


def handles(request: Any, *, before_login: bool = False) -> Callable[[Answer], Answer]:
    """Register a function as the handler of this Telethon request class."""

    def register(answer: Answer) -> Answer:
        HANDLERS[request] = Handler(answer, before_login)
        return answer

    return register
