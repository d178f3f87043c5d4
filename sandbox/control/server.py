"""The control server on loopback: JSON in, JSON out, and `{"error": …}` for errors."""

from __future__ import annotations

import itertools
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.control.errors import RequestError
from sandbox.control.fault_scripts import Scripts
from sandbox.control.person_actions import ACTIONS, PersonActions
from sandbox.control.person_routes import PersonRoutes
from sandbox.control.requests import body, errors_as_json, number
from sandbox.control.validation import described
from sandbox.control.world_routes import NOT_BY_HAND, NOT_GIVEN, WorldRoutes
from sandbox.guard import guard
from sandbox.ports import binding
from sandbox.server import LOOPBACK, Sandbox
from sandbox.world import ChatRecord, Member, PersonRecord

UPLOAD_LIMIT = 64 * 1024 * 1024


class ControlServer:
    """`async with ControlServer(sandbox) as control:` serves at `control.url`.

    Port 0 takes a free port; a port in use raises `PortTaken`.
    """

    def __init__(self, sandbox: Sandbox, port: int = 0) -> None:
        self._sandbox = sandbox
        people, acting = WorldRoutes(sandbox), PersonRoutes(sandbox)
        self._scripts = Scripts(sandbox.faults)
        self._port = port
        self.url = ""
        app = web.Application(client_max_size=UPLOAD_LIMIT, middlewares=[errors_as_json, guard])
        app.add_routes(
            [
                web.get("/", self._about),
                web.get("/settings", self._settings),
                web.get("/people", people.everybody),
                web.post("/people", people.add_person),
                web.get("/people/{who}", people.person),
                web.patch("/people/{who}", people.change_person),
                web.get("/people/{who}/history", acting.history),
                web.post("/people/{who}/files", acting.send_file),
                web.post("/people/{who}/{act}", acting.act),
                web.post("/bots", people.add_bot),
                web.get("/chats", people.chats),
                web.post("/chats", people.open_chat),
                web.post("/chats/{chat}/members", people.join),
                web.get("/media/{id}", acting.media),
                web.get("/faults", self._faults),
                web.post("/faults", self._script),
                web.delete("/faults", self._clear),
                web.delete("/faults/{number}", self._cancel),
                web.get("/log", self._log),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            with binding(self._port):
                await web.TCPSite(self._runner, LOOPBACK, self._port).start()
        except BaseException:
            await self._runner.cleanup()
            raise
        self.url = f"http://{LOOPBACK}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    # --- description ---------------------------------------------------------

    async def _about(self, _request: web.Request) -> web.Response:
        """Describe all routes and their fields."""
        acts = {name: getattr(PersonActions, name) for name in ACTIONS}
        asked: dict[str, object] = {
            "GET /settings": "what points a product at this sandbox",
            "GET /people, /people/{who}, /chats, /faults": "what there is",
            "GET /people/{who}/history?chat=": "what this person sees of a conversation",
            "GET /media/{id}": "the bytes of a file",
            "GET /log?after=&kind=": "what really happened, oldest first",
            "POST /people": described(PersonRecord, NOT_BY_HAND),
            "PATCH /people/{who}": "the same",
            "POST /bots": described(self._sandbox.add_bot),
            "POST /chats": described(ChatRecord, NOT_GIVEN) | {"creator_id": "int"},
            "POST /chats/{id}/members": {"person_id": "int"} | described(Member),
            "POST /people/{who}/files?to=&name=&caption=&photo=": "the bytes as the body",
            "POST /faults": self._scripts.described(),
            "DELETE /faults, /faults/{id}": "all, or one",
        }
        for name, act in acts.items():
            asked[f"POST /people/{{who}}/{name}"] = described(act, frozenset({"self"}))
        return web.json_response(asked)

    async def _settings(self, _request: web.Request) -> web.Response:
        return web.json_response(self._sandbox.environment())

    # --- faults and the log -------------------------------------------------------

    async def _faults(self, _request: web.Request) -> web.Response:
        return web.json_response(self._scripts.all())

    async def _script(self, request: web.Request) -> web.Response:
        return web.json_response(self._scripts.add(await body(request)), status=201)

    async def _cancel(self, request: web.Request) -> web.Response:
        self._scripts.cancel(number(request, "number"))
        return web.json_response(None)

    async def _clear(self, _request: web.Request) -> web.Response:
        self._scripts.clear()
        return web.json_response(None)

    async def _log(self, request: web.Request) -> web.Response:
        """Return the log's entries from number `after` on.

        `next` is the `after` of the next request.
        """
        after, kind = request.query.get("after", "0"), request.query.get("kind")
        if not after.isdecimal():
            raise RequestError("after: a number of entries")
        new = list(itertools.islice(self._sandbox.world.log, int(after), None))
        entries = [entry for entry in new if kind in (None, entry["kind"])]
        return web.json_response({"entries": entries, "next": int(after) + len(new)})
