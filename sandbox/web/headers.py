"""Headers of every answer of the page's server."""

from __future__ import annotations

from aiohttp import web


async def seal(request: web.Request, response: web.StreamResponse) -> None:
    """Nothing from elsewhere is loaded, nothing is guessed or kept."""
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
