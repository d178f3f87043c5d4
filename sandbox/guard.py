"""Access to the sandbox's HTTP servers for browsers and scripts: from this machine only.

Without this check a web site could reach the sandbox from the visitor's browser: by resolving its
own host name to 127.0.0.1 (DNS rebinding), or by cross-origin WebSockets and posts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from yarl import URL

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer 403 to a request whose Host is not loopback, or whose Origin is another page."""
    origin = request.headers.get("Origin")
    if _host(request.host) not in LOOPBACK:
        raise web.HTTPForbidden(text="The sandbox answers to this machine's own address only.")
    if origin is not None and origin != f"http://{request.host}":
        raise web.HTTPForbidden(text="The sandbox answers to its own page only.")
    return await handler(request)


def _host(host: str) -> str | None:
    try:
        return URL(f"http://{host}").host
    except ValueError:
        return None
