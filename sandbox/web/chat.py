"""The server of the chat page: its files, one WebSocket for each open page, uploads, downloads."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from aiohttp import WSCloseCode, web

from sandbox.background import BackgroundTasks
from sandbox.bot_api import BotApiServer
from sandbox.faults import Faults
from sandbox.guard import guard
from sandbox.ports import needing
from sandbox.web import serializers
from sandbox.web.actions import Acts, Refused, picture_type
from sandbox.web.counters import Entry, Owed, Truth, never_ends, nobody_knows
from sandbox.web.fault_buttons import Act, Mischief
from sandbox.web.guide import Guide
from sandbox.web.headers import seal
from sandbox.web.hub import Hub
from sandbox.web.layout import Stage, Step
from sandbox.web.page import Page
from sandbox.world import World

STATIC = Path(__file__).with_name("static")
UPLOAD_LIMIT = 64 * 1024 * 1024


class WebChat:
    """The page on which a newcomer plays the admin, the sender and the recipients.

    `misfortunes` are more buttons for the panel: label → what pressing it does, explained by its
    docstring. `steps` are the guided path. With `bot_api` the page shows the bot's menu of commands. `owed` and `ends` tell whom a campaign still owes its message, and when one is
    over, where that can be known.
    """

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        admin_id: int,
        bot_id: int,
        sender_id: int,
        misfortunes: Mapping[str, Act] | None = None,
        steps: list[Step] | None = None,
        bot_api: BotApiServer | None = None,
        owed: Callable[[], Owed | None] = nobody_knows,
        ends: Callable[[Entry], bool] = never_ends,
    ) -> None:
        self._stage = Stage(world, admin_id, bot_id, sender_id)
        self._guide = Guide(steps or [])
        self._hub = Hub(self._stage)
        self._truth = Truth(world.log.path, owed, ends)
        self._mischief = Mischief(faults, sender_id, misfortunes or {})
        self._background = BackgroundTasks()
        self._acts = Acts(
            self._stage, self._hub, self._mischief, self._guide.steps, bot_api, self._background
        )
        self._pages: dict[web.WebSocketResponse, Page] = {}
        self._run = secrets.token_hex(4)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 8765) -> str:
        """Listen, on a free port for 0; the address of the page. Raises `PortTaken`."""
        app = web.Application(client_max_size=UPLOAD_LIMIT, middlewares=[guard])
        app.on_response_prepare.append(seal)
        app.on_shutdown.append(self._dismiss)
        app.router.add_get("/", self._index)
        app.router.add_get("/ws", self._socket)
        app.router.add_post("/files", self._upload)
        app.router.add_get("/files/{id}", self._download)
        app.router.add_get("/steps/{step}/{name}", self._step_file)
        app.router.add_static("/static", STATIC)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            with needing(port):
                await web.TCPSite(runner, host, port).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner
        self._hub.watch()
        return f"http://{host}:{runner.addresses[0][1]}/"

    async def close(self) -> None:
        await self._background.close()
        self._hub.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def watched(self) -> bool:
        """Whether somebody has the page open."""
        return bool(self._pages)

    def show_step(self, number: int) -> None:
        """Bring this step of the guided path (from 0) up on every open page."""
        self._guide.at = number
        for page in self._pages.values():
            page.stir()

    def show_conversation(self, owner_id: int, chat_id: int) -> None:
        """Open this conversation on every open page."""
        for page in self._pages.values():
            page.note(go={"owner": owner_id, "chat": chat_id})

    async def _dismiss(self, _app: web.Application) -> None:
        for socket in list(self._pages):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"The sandbox has stopped")

    # --- the page -------------------------------------------------------------------

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._hub.watch()
        page = Page(self._stage, self._truth, self._mischief, self._guide, socket)
        page.note(hello=self._hello())
        self._pages[socket] = page
        self._hub.pages.add(page)
        try:
            async with asyncio.TaskGroup() as tasks:
                telling = tasks.create_task(page.tell())
                while (ask := await page.asks()) is not None:
                    try:
                        await self._acts.do(page, ask)
                    except Refused as refused:
                        page.note(refused=str(refused))
                telling.cancel()
        finally:
            self._hub.pages.discard(page)
            del self._pages[socket]
        return socket

    def _hello(self) -> dict[str, object]:
        world, stage, steps = self._stage.world, self._stage, self._guide.steps
        return {
            "admin": serializers.person(world.people[stage.admin_id]),
            "bot": serializers.person(world.people[stage.bot_id]),
            "sender": serializers.person(world.people[stage.sender_id]),
            "steps": [{"title": s.title, "text": s.text, "files": [*s.files]} for s in steps],
            "run": self._run,
        }

    # --- files ------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.Response:
        """`?owner=&chat=&name=&photo=1&caption=&entities=` (as JSON), the bytes as the body."""
        ask = request.query
        try:
            side = int(ask["owner"]), int(ask["chat"])
            name = Path(ask["name"]).name or "file"
            entities = json.loads(ask.get("entities", "[]"))
            words = {"caption": ask.get("caption", ""), "entities": entities}
        except (KeyError, ValueError) as error:
            raise web.HTTPBadRequest(text="Say whose chat and which file.") from error
        data = await request.read()
        try:
            await self._acts.send_file(side, data, name, words, "photo" in ask)
        except Refused as refused:
            raise web.HTTPConflict(text=str(refused)) from refused
        return web.Response(status=204)

    async def _download(self, request: web.Request) -> web.Response:
        wanted = request.match_info["id"]
        media = self._stage.world.media.get(int(wanted)) if wanted.isdecimal() else None
        if media is None:
            raise web.HTTPNotFound(text="There is no such file.")
        kind = picture_type(media.data) if media.kind == "photo" else None
        if kind is not None:
            return web.Response(body=media.data, content_type=kind)
        return _attachment(media.data, media.file_name or media.kind)

    async def _step_file(self, request: web.Request) -> web.Response:
        name, number = request.match_info["name"], request.match_info["step"]
        if not number.isdecimal() or int(number) >= len(self._guide.steps):
            raise web.HTTPNotFound(text="There is no such step.")
        data = self._guide.steps[int(number)].files.get(name)
        if data is None:
            raise web.HTTPNotFound(text="That step has no such file.")
        return _attachment(data, name)


def _attachment(data: bytes, name: str) -> web.Response:
    """Bytes that a browser saves and never shows, whatever they are."""
    return web.Response(
        body=data,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )
