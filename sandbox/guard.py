"""Who may talk to what the sandbox serves to browsers and scripts: this machine, and of all pages
the served one itself.

Without this, any site that a browser visits could reach the sandbox by letting its own name
point to 127.0.0.1 (DNS rebinding), or by opening a WebSocket or posting from its own pages.
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
    """Refuses with 403 every request not addressed to loopback or coming from another page."""
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
