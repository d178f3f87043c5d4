"""Which function answers which request: each module of this package signs up its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from sandbox.mtproto import Call
from sandbox.rpc.desk import Desk

Answer = Callable[[Desk, Call], Awaitable[Any]]


class Handler(NamedTuple):
    """`before_login`: a connection where nobody is signed in may ask this."""

    answer: Answer
    before_login: bool


HANDLERS: dict[type, Handler] = {}


def answers(request: Any, *, before_login: bool = False) -> Callable[[Answer], Answer]:
    """Sign up a function as the answer to this Telethon request class."""

    def sign_up(answer: Answer) -> Answer:
        HANDLERS[request] = Handler(answer, before_login)
        return answer

    return sign_up
