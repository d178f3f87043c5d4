"""Reading requests, and turning errors into JSON answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.control.errors import RequestError
from sandbox.observer import Who
from sandbox.person import NotReceived
from sandbox.world import PersonRecord, World

Json = dict[str, Any]


@web.middleware
async def errors_as_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer an error with `{"error": …}` and the HTTP status that fits it."""
    try:
        return await handler(request)
    except RequestError as wrong:
        status, text = wrong.status, str(wrong)
    except NotReceived as error:
        status, text = 408, str(error)
    except LookupError as error:
        status, text = 404, str(error)
    except ValueError as error:
        status, text = 409, str(error)
    except web.HTTPException as error:
        status, text = error.status, error.text or error.reason
    return web.json_response({"error": text}, status=status)


async def body(request: web.Request) -> Json:
    """Return the JSON object of a request, {} without a body; raises `RequestError`."""
    text = await request.text()
    try:
        found = json.loads(text) if text else {}
    except ValueError as error:
        raise RequestError(f"The body is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise RequestError("The body must be a JSON object")
    return found


def number(request: web.Request, name: str) -> int:
    """Return a number of the path; raises `RequestError`."""
    try:
        return int(request.match_info[name])
    except ValueError as error:
        raise RequestError(
            f"{name}: a number is needed, not {request.match_info[name]!r}"
        ) from error


def parse_who(text: str) -> Who:
    """Return an id for digits, and a username for anything else."""
    return int(text) if text.removeprefix("-").isdecimal() else text


def person(world: World, request: web.Request) -> PersonRecord:
    """Return the person that the path names; raises `RequestError` (404)."""
    who = parse_who(request.match_info["who"])
    found = world.people.get(who) if isinstance(who, int) else world.by_username(who)
    if found is None:
        raise RequestError(f"Nobody in this world is {who!r}", 404)
    return found
