"""Routes that list, add and change people, bots and chats."""

from __future__ import annotations

from aiohttp import web

from sandbox.control import serializers
from sandbox.control.errors import RequestError
from sandbox.control.requests import body, number, person
from sandbox.control.validation import checked
from sandbox.server import Sandbox
from sandbox.world import ChatRecord, Member, PersonRecord

NOT_BY_HAND = frozenset({"is_bot", "bot_token"})
NOT_GIVEN = frozenset({"id", "date", "members"})
_FIXED = NOT_BY_HAND | {"id"}
_NAMES = ("username", "other_usernames", "phone")


class WorldRoutes:
    """Handlers of `/people`, `/bots` and `/chats`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._world = sandbox.world

    async def everybody(self, _request: web.Request) -> web.Response:
        return web.json_response([serializers.person(one) for one in self._world.people.values()])

    async def add_person(self, request: web.Request) -> web.Response:
        asked = await body(request)
        fields = checked(self._sandbox.add_person, asked, besides=PersonRecord, without=NOT_BY_HAND)
        return web.json_response(serializers.person(self._sandbox.add_person(**fields)), status=201)

    async def add_bot(self, request: web.Request) -> web.Response:
        fields = checked(self._sandbox.add_bot, await body(request))
        if not fields["token"].partition(":")[0].isdecimal():
            raise RequestError("A token begins with the bot's number: 123456:letters")
        return web.json_response(serializers.person(self._sandbox.add_bot(**fields)), status=201)

    async def person(self, request: web.Request) -> web.Response:
        return web.json_response(serializers.person(person(self._world, request)))

    async def change_person(self, request: web.Request) -> web.Response:
        one = person(self._world, request)
        fields = checked(PersonRecord, await body(request), without=_FIXED, optional=True)
        self._world.rename(one, **{name: fields.pop(name) for name in _NAMES if name in fields})
        for name, value in fields.items():
            setattr(one, name, value)
        return web.json_response(serializers.person(one))

    async def chats(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [serializers.chat(one) for one in self._world.chat_records.values()]
        )

    async def open_chat(self, request: web.Request) -> web.Response:
        asked = await body(request)
        fields = checked(self._world.open_chat, asked, besides=ChatRecord, without=NOT_GIVEN)
        self._must_exist(fields["creator_id"])
        return web.json_response(serializers.chat(self._world.open_chat(**fields)), status=201)

    async def join(self, request: web.Request) -> web.Response:
        """Add a member from `{"person_id": …}` and the rights of `Member`."""
        chat_id = number(request, "chat")
        if chat_id not in self._world.chat_records:
            raise RequestError(f"There is no chat {chat_id}", 404)
        asked, which = await body(request), frozenset({"chat_id"})
        fields = checked(self._world.join, asked, besides=Member, without=which)
        self._must_exist(fields["person_id"])
        self._world.join(chat_id, **fields)
        return web.json_response(serializers.chat(self._world.chat_records[chat_id]))

    def _must_exist(self, person_id: int) -> None:
        if person_id not in self._world.people:
            raise RequestError(f"Nobody in this world is {person_id}", 404)
