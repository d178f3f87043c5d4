"""Who may talk to the page's server: a browser on this machine, from the page itself.

Without this, any site that a browser visits could reach the sandbox by letting its own name
point to 127.0.0.1 (DNS rebinding), or by opening the WebSocket from its own pages.
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


async def seal(request: web.Request, response: web.StreamResponse) -> None:
    """Headers of every answer: nothing from elsewhere is loaded, nothing is guessed or kept."""
    response.headers.update(
        {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; "
                f"img-src 'self' blob: data:; connect-src 'self' ws://{request.host}; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        }
    )
