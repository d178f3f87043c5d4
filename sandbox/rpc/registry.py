"""Which function handles which request: each module of this package signs up its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from sandbox.mtproto import Call
from sandbox.rpc.context import Context

Answer = Callable[[Context, Call], Awaitable[Any]]


class Handler(NamedTuple):
    """`before_login`: a connection where nobody is signed in may ask this."""

    answer: Answer
    before_login: bool


HANDLERS: dict[type, Handler] = {}


def handles(request: Any, *, before_login: bool = False) -> Callable[[Answer], Answer]:
    """Sign up a function as the answer to this Telethon request class."""

    def register(answer: Answer) -> Answer:
        HANDLERS[request] = Handler(answer, before_login)
        return answer

    return register
