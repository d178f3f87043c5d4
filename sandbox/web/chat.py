"""The chat page's server: its static files, a WebSocket per open page, uploads and downloads."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from aiohttp import WSCloseCode, web

from sandbox.background import BackgroundTasks
from sandbox.bot_api import BotApiServer
from sandbox.faults import Faults
from sandbox.guard import guard
from sandbox.ports import binding
from sandbox.web import serializers
from sandbox.web.actions import ActionError, Actions, picture_type
from sandbox.web.counters import Counters, SentMessages
from sandbox.web.fault_buttons import Action, FaultButtons
from sandbox.web.guide import Guide, Step
from sandbox.web.headers import add_security_headers
from sandbox.web.hub import Hub
from sandbox.web.layout import Layout
from sandbox.web.page import Page

STATIC = Path(__file__).with_name("static")
UPLOAD_LIMIT = 64 * 1024 * 1024  # bytes


class WebChat:
    """Serves the page that `layout` describes.

    The panel shows `counters` (by default what was sent over MTProto) and buttons: the scripted
    faults, which hit the next message of `faulted_account` (None: of any account), and `buttons`,
    label → action, explained by the action's docstring. `steps` are the guide. With `bot_api` the
    page shows the menu of commands that a bot has set.
    """

    def __init__(
        self,
        layout: Layout,
        faults: Faults,
        *,
        bot_api: BotApiServer | None = None,
        counters: Counters | None = None,
        faulted_account: int | None = None,
        buttons: Mapping[str, Action] | None = None,
        steps: Sequence[Step] = (),
    ) -> None:
        self._layout = layout
        self._guide = Guide([*steps])
        self._hub = Hub(layout.world)
        self._counters = counters or SentMessages(layout.world.log.path)
        self._buttons = FaultButtons(faults, faulted_account, buttons or {})
        self._background = BackgroundTasks()
        self._actions = Actions(
            layout, self._hub, self._buttons, self._guide.steps, bot_api, self._background
        )
        self._pages: dict[web.WebSocketResponse, Page] = {}
        self._run = secrets.token_hex(4)
        self._unsubscribe = faults.subscribe(self._hub.refresh)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 8765) -> str:
        """Listen and return the page's URL. Port 0 takes a free one. Raises `PortTaken`."""
        app = web.Application(client_max_size=UPLOAD_LIMIT, middlewares=[guard])
        app.on_response_prepare.append(add_security_headers)
        app.on_shutdown.append(self._close_pages)
        app.router.add_get("/", self._index)
        app.router.add_get("/ws", self._socket)
        app.router.add_post("/files", self._upload)
        app.router.add_get("/files/{id}", self._download)
        app.router.add_get("/steps/{step}/{name}", self._step_file)
        app.router.add_static("/static", STATIC)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            with binding(port):
                await web.TCPSite(runner, host, port).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner
        self._hub.subscribe()
        return f"http://{host}:{runner.addresses[0][1]}/"

    async def close(self) -> None:
        self._unsubscribe()
        await self._background.close()
        self._hub.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def watched(self) -> bool:
        """Return whether a browser has the page open."""
        return bool(self._pages)

    def show_step(self, number: int) -> None:
        """Show this step of the guide (from 0) on every open page."""
        self._guide.at = number
        for page in self._pages.values():
            page.refresh()

    def show_conversation(self, owner_id: int, chat_id: int) -> None:
        """Open this conversation on every open page."""
        for page in self._pages.values():
            page.note(go={"owner": owner_id, "chat": chat_id})

    async def _close_pages(self, _app: web.Application) -> None:
        for socket in list(self._pages):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"The sandbox has stopped")

    # --- the page -------------------------------------------------------------------

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._hub.subscribe()
        page = Page(self._layout, self._counters, self._buttons, self._guide, socket)
        page.note(hello=self._hello())
        self._pages[socket] = page
        self._hub.pages.add(page)
        try:
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(page.send_frames())
                while (action := await page.receive()) is not None:
                    try:
                        await self._actions.do(page, action)
                    except ActionError as refused:
                        page.note(refused=str(refused))
                sending.cancel()
        finally:
            self._hub.pages.discard(page)
            del self._pages[socket]
        return socket

    def _hello(self) -> dict[str, object]:
        steps = self._guide.steps
        return {
            **serializers.layout(self._layout),
            "steps": [{"title": s.title, "text": s.text, "files": [*s.files]} for s in steps],
            "run": self._run,
        }

    # --- files ------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.Response:
        """Send a file: `?owner=&chat=&name=&photo=1&caption=&entities=`, its bytes as the body.

        `entities` is JSON; `photo`, `caption` and `entities` may be missing.
        """
        query = request.query
        try:
            side = int(query["owner"]), int(query["chat"])
            name = Path(query["name"]).name or "file"
            entities = json.loads(query.get("entities", "[]"))
            words = {"caption": query.get("caption", ""), "entities": entities}
        except (KeyError, ValueError) as error:
            raise web.HTTPBadRequest(text="Say whose chat and which file.") from error
        data = await request.read()
        try:
            await self._actions.send_file(side, data, name, words, "photo" in query)
        except ActionError as refused:
            raise web.HTTPConflict(text=str(refused)) from refused
        return web.Response(status=204)

    async def _download(self, request: web.Request) -> web.Response:
        wanted = request.match_info["id"]
        media = self._layout.world.media.get(int(wanted)) if wanted.isdecimal() else None
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
    """Return bytes that a browser saves and never renders."""
    return web.Response(
        body=data,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )
