"""Dispatches a call: checks the login, injects its fault, and runs its handler."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sandbox import faults
from sandbox.mtproto import BlackHoled, Call, ConnectionCut, RpcFailure, Undecodable, refuse
from sandbox.rpc import (
    auth,
    chats,
    contacts,
    data_centres,
    dialogs,
    editing,
    files,
    histories,
    messages,
    qr,
    substitution,
    users,
)
from sandbox.rpc.context import Context
from sandbox.rpc.registry import HANDLERS, Handler
from sandbox.rpc.updates import calling, subscribe

log = logging.getLogger(__name__)

# Importing these modules registers their handlers; `updates` is imported below anyway.
HANDLER_MODULES = (auth, editing, chats, contacts, dialogs, files, histories, messages, qr, users)


class Dispatcher:
    """Answers every call of every session; the `Answerer` of the listener."""

    def __init__(self, context: Context, scripted: faults.Faults) -> None:
        self._context = context
        self._faults = scripted

    async def __call__(self, call: Call) -> Any:
        if call.credential.duplicated:
            raise refuse("AUTH_KEY_DUPLICATED")
        handler = HANDLERS.get(type(call.request))
        if handler is None:
            log.error("The sandbox has no handler for %s", call.method)
            raise RpcFailure(400, f"SANDBOX_UNKNOWN_METHOD_{call.method}")
        if not handler.before_login:
            self._check_login(call)
        subscribe(self._context, call.session)
        calling.set(call.session)
        recipient = self._recipient(call)
        with self._context.random_ids.running(
            call.credential.person_id or 0, recipient or 0, random_ids(call.request)
        ):
            answer = await self._through_faults(handler, call, recipient)
        subscribe(self._context, call.session)
        return answer

    def _check_login(self, call: Call) -> None:
        if call.credential.refusal is not None:
            raise refuse(call.credential.refusal)
        if self._context.world.people[call.account].deleted:
            raise refuse("USER_DEACTIVATED")
        data_centres.check_home(self._context, call)

    def _recipient(self, call: Call) -> int | None:
        request = call.request
        peer = getattr(request, "peer", None) or getattr(request, "channel", None)
        return self._context.peers.marked_id(call.credential.person_id, peer)

    async def _through_faults(self, handler: Handler, call: Call, recipient: int | None) -> Any:
        fault = self._faults.take("mtproto", call.method, call.credential.person_id, recipient)
        if fault is None:
            return await handler.answer(self._context, call)
        if not faults.happens_after_effect(fault):
            await _inject(call, fault)
            return await handler.answer(self._context, call)
        return await _inject(call, fault, await handler.answer(self._context, call))


async def _inject(call: Call, fault: faults.Fault, answer: Any = None) -> Any:
    """Inject the fault: raise, wait, or return what is left of the answer."""
    match fault:
        case faults.RpcError(name, code):
            raise refuse(name) if code is None else RpcFailure(code, name)
        case faults.SessionRevoked(name):
            call.credential.refusal = name
            raise refuse(name)
        case faults.Cut("mid_frame"):
            raise ConnectionCut(answer)
        case faults.Cut():
            raise ConnectionCut
        case faults.BlackHole(seconds):
            raise BlackHoled(seconds)
        case faults.Latency(seconds):
            await asyncio.sleep(seconds)
        case faults.Undecodable():
            return Undecodable()
        case faults.Substitute(constructor):
            return substitution.substitute(answer, constructor)
        case faults.Emptied(fields):
            return substitution.empty(answer, fields)
    return answer


def random_ids(request: Any) -> list[int]:
    """Return the random ids of a request: none, one, or those of an album."""
    items = getattr(request, "multi_media", None)
    carriers = items if items is not None else [request]
    return [item.random_id for item in carriers if getattr(item, "random_id", None)]
