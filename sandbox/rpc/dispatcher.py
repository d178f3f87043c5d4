"""From a call to its answer: who may ask, what goes wrong on the way, which function answers."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sandbox import faults
from sandbox.mtproto import BlackHoled, Call, LineCut, RpcFailure, refuse
from sandbox.rpc import auth, contacts, dialogs, files, messages, qr, users
from sandbox.rpc.desk import Desk
from sandbox.rpc.registry import HANDLERS, Handler
from sandbox.rpc.updates import attend, calling

log = logging.getLogger(__name__)

# Importing a module signs up its answers; `updates` is imported for its own sake.
ANSWERING = (auth, contacts, dialogs, files, messages, qr, users)


class Dispatcher:
    """Answers every call of every session; the listener's `Answerer`."""

    def __init__(self, desk: Desk, scripted: faults.Faults) -> None:
        self._desk = desk
        self._faults = scripted

    async def __call__(self, call: Call) -> Any:
        if call.credential.duplicated:
            raise refuse("AUTH_KEY_DUPLICATED")
        handler = HANDLERS.get(type(call.request))
        if handler is None:
            log.error("Nobody answers %s in the sandbox", call.method)
            raise RpcFailure(400, f"SANDBOX_UNKNOWN_METHOD_{call.method}")
        if not handler.before_login:
            self._check_login(call)
        attend(self._desk, call.session)
        calling.set(call.session)
        recipient = self._recipient(call)
        with self._desk.random_ids.running(
            call.credential.person_id or 0, recipient or 0, random_ids(call.request)
        ):
            answer = await self._through_faults(handler, call, recipient)
        attend(self._desk, call.session)
        return answer

    def _check_login(self, call: Call) -> None:
        if call.credential.refusal is not None:
            raise refuse(call.credential.refusal)
        if self._desk.world.people[call.account].deleted:
            raise refuse("USER_DEACTIVATED")

    def _recipient(self, call: Call) -> int | None:
        peer = getattr(call.request, "peer", None)
        return self._desk.peers.meant(call.credential.person_id, peer)

    async def _through_faults(self, handler: Handler, call: Call, recipient: int | None) -> Any:
        fault = self._faults.take("mtproto", call.method, call.credential.person_id, recipient)
        match fault:
            case faults.RpcError(after_effect=False):
                raise RpcFailure(fault.code, fault.name)
            case faults.Latency(after_effect=False):
                await asyncio.sleep(fault.seconds)
            case faults.Cut(at="before_effect"):
                raise LineCut
            case faults.BlackHole(after_effect=False):
                raise BlackHoled(fault.seconds)
        answer = await handler.answer(self._desk, call)
        match fault:
            case faults.RpcError():
                raise RpcFailure(fault.code, fault.name)
            case faults.Latency(after_effect=True):
                await asyncio.sleep(fault.seconds)
            case faults.Cut(at="after_effect"):
                raise LineCut
            case faults.Cut(at="mid_frame"):
                raise LineCut(answer)
            case faults.BlackHole():
                raise BlackHoled(fault.seconds)
        return answer


def random_ids(request: Any) -> list[int]:
    """The random ids that a request brings: none, one, or an album's."""
    items = getattr(request, "multi_media", None)
    carriers = items if items is not None else [request]
    return [item.random_id for item in carriers if getattr(item, "random_id", None)]
