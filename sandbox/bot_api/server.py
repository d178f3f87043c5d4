"""The Bot API's HTTP server: `/bot{token}/{method}` and `/file/bot{token}/{path}` on one port.

A request is read (`calls`), meets its scripted fault, is answered by its method from the bot's
context, and comes back as `{"ok": …}`. The methods themselves are in other modules.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.bot_api.context import BotContext
from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.fault_injection import FaultInjection
from sandbox.bot_api.files import UPLOAD_LIMIT
from sandbox.bot_api.rate_limit import RateLimit
from sandbox.faults import Faults
from sandbox.world import PersonRecord, World

if TYPE_CHECKING:
    from sandbox.bot_api.calls import Call

ReadCall = Callable[[web.Request], Awaitable["Call"]]

log = logging.getLogger(__name__)


class BotApiServer:
    """Serves every bot of the world. `url` is the value for `TELEGRAM_BOT_API_URL`.

    With a `rate_limit`, bots that write too fast get 429, as on the real server.
    """

    def __init__(self, world: World, faults: Faults, rate_limit: RateLimit | None = None) -> None:
        self._world = world
        self._faults = faults
        self._rate_limit = rate_limit
        self._contexts: dict[int, BotContext] = {}
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._read_call: ReadCall | None = None
        self.url = ""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Open a context for each bot of the world, and listen; port 0 takes a free one."""
        for person in list(self._world.people.values()):
            if person.is_bot:
                self.open_context(person)
        app = web.Application(client_max_size=UPLOAD_LIMIT + (1 << 20))
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.on_shutdown.append(self._release)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://{host}:{bound}"

    async def preload(self) -> ReadCall:
        """Import aiogram's request models, once and in a thread; return the request reader.

        The import takes seconds of CPU time, so by default the first request of a bot starts it.
        """
        if self._read_call is None:
            self._read_call = await asyncio.to_thread(_import_read_call)
        return self._read_call

    async def close(self) -> None:
        """Stop listening and drop all contexts; a waiting long poll is answered first."""
        if self._runner is not None:
            await self._runner.cleanup()
        for context in self._contexts.values():
            context.unsubscribe()
        self._contexts.clear()

    async def _release(self, _app: web.Application) -> None:
        """Answer the waiting long polls, so that closing does not wait for their timeout."""
        self._closing.set()
        for context in self._contexts.values():
            context.updates.close()

    def open_context(self, bot: PersonRecord) -> BotContext:
        """Return the bot's context; from its creation on the bot's updates are kept."""
        if bot.id not in self._contexts:
            self._contexts[bot.id] = BotContext(self._world, bot)
        return self._contexts[bot.id]

    def _context(self, token: str) -> BotContext:
        bot = self._world.by_token(token)
        if bot is None:
            raise ApiError(401, "Unauthorized")
        return self.open_context(bot)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        fault = None
        try:
            context = self._context(request.match_info["token"])
            read_call = await self.preload()
            call = await read_call(request)
            fault = FaultInjection.take(
                self._faults, self._closing, call.method, context.bot.id, call.chat_id
            )
            await fault.before(request)
            if self._rate_limit is not None:
                self._rate_limit.take(context.bot.id, call.method, call.chat_id)
            answer = await call.answer(context)
            await fault.after(request)
            response = web.json_response({"ok": True, "result": answer})
        except ApiError as error:
            response = _error_response(error)
        except web.HTTPRequestEntityTooLarge:
            response = _error_response(ApiError(413, "Request Entity Too Large"))
        except ConnectionResetError:
            raise
        except Exception:
            log.exception("The sandbox failed at %s", request.match_info["method"])
            response = _error_response(ApiError(500, "Internal Server Error"))
        return await fault.cut_short(request, response) if fault else response

    async def _download(self, request: web.Request) -> web.Response:
        try:
            context = self._context(request.match_info["token"])
            body = context.files.download(request.match_info["path"])
        except ApiError as error:
            return _error_response(error)
        return web.Response(body=body, content_type="application/octet-stream")


def _import_read_call() -> ReadCall:
    from sandbox.bot_api.calls import read_call

    return read_call


def _error_response(error: ApiError) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": error.code,
        "description": error.description,
    }
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return web.json_response(body, status=error.code)
