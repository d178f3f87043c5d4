"""Routes that act as one person: `PersonActions`, files in both directions, conversations."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from sandbox.control import serializers
from sandbox.control.errors import RequestError
from sandbox.control.person_actions import ACTIONS, PersonActions
from sandbox.control.requests import body, number, parse_who, person
from sandbox.control.validation import checked
from sandbox.server import Sandbox


class PersonRoutes:
    """Handlers of `/people/{who}/…` and `/media`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._world = sandbox.world

    async def act(self, request: web.Request) -> web.Response:
        act = request.match_info["act"]
        if act not in ACTIONS:
            raise RequestError(f"No such act. There is: files, {', '.join(ACTIONS)}", 404)
        do = getattr(PersonActions(self._sandbox, person(self._world, request).id), act)
        return web.json_response(await do(**checked(do, await body(request))))

    async def send_file(self, request: web.Request) -> web.Response:
        actor, query = self._sandbox.person(person(self._world, request).id), request.query
        if "to" not in query or not (data := await request.read()):
            raise RequestError("Say to whom (?to=), with the file's bytes as the body")
        if "photo" in query:
            sent = await actor.send_photo(parse_who(query["to"]), data, query.get("caption", ""))
        else:
            name = Path(query.get("name", "")).name or "file"
            caption = query.get("caption", "")
            sent = await actor.send_file(parse_who(query["to"]), data, name, caption=caption)
        return web.json_response(serializers.message(sent))

    async def history(self, request: web.Request) -> web.Response:
        actor = self._sandbox.person(person(self._world, request).id)
        if "chat" not in request.query:
            return web.json_response({"chats": self._world.chats(actor.id)})
        messages = actor.history(parse_who(request.query["chat"]))
        return web.json_response([serializers.message(one) for one in messages])

    async def media(self, request: web.Request) -> web.Response:
        media = self._world.media.get(number(request, "id"))
        if media is None:
            raise RequestError("There is no such file", 404)
        return web.Response(body=media.data, content_type="application/octet-stream")
