"""Injects the fault that was scripted for a call of the Bot API."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from aiohttp import web

from sandbox.bot_api.errors import ApiError
from sandbox.faults import BlackHole, BotApiError, Cut, Fault, Faults, Latency


@dataclass(frozen=True, slots=True)
class FaultInjection:
    """The fault of one call, if any: injected before the effect, after it, or into the answer."""

    fault: Fault | None
    closing: asyncio.Event

    @classmethod
    def take(
        cls,
        faults: Faults,
        closing: asyncio.Event,
        method: str,
        bot_id: int,
        chat_id: object,
    ) -> FaultInjection:
        """Take the fault that is scripted for this call; `chat_id` is as the client sent it."""
        chat = str(chat_id)
        recipient = int(chat) if chat.removeprefix("-").isdecimal() else None
        return cls(faults.take("bot_api", method, bot_id, recipient), closing)

    async def before(self, request: web.Request) -> None:
        """Inject a fault before the effect: raise `ApiError`, wait, or drop the connection."""
        match self.fault:
            case Cut(at="before_effect"):
                _drop(request)
            case Latency() | BotApiError() | BlackHole() as fault:
                if not fault.after_effect:
                    await self._act(request, fault)

    async def after(self, request: web.Request) -> None:
        """Inject a fault that follows the effect, in the same ways."""
        match self.fault:
            case Cut(at="after_effect"):
                _drop(request)
            case Latency() | BotApiError() | BlackHole() as fault:
                if fault.after_effect:
                    await self._act(request, fault)

    async def cut_short(self, request: web.Request, response: web.Response) -> web.StreamResponse:
        """Return the answer as it is sent.

        For a cut in mid frame, send the first half and drop the connection.
        """
        if self.fault != Cut("mid_frame"):
            return response
        body = response.body if isinstance(response.body, bytes) else b""
        half = web.StreamResponse(status=response.status, headers=response.headers)
        half.content_length = len(body)
        await half.prepare(request)
        await half.write(body[: len(body) // 2])
        _drop(request)
        return half

    async def _act(self, request: web.Request, fault: Fault) -> None:
        match fault:
            case BotApiError(code, description, retry_after):
                raise ApiError(code, description, retry_after)
            case Latency(seconds):
                await self._wait(seconds)
            case BlackHole(seconds):
                await self._wait(seconds)
                _drop(request)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.closing.wait()


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("A scripted fault cut the connection")
