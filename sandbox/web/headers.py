"""Security headers of every answer of the page's server."""

from __future__ import annotations

from aiohttp import web


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Forbid content from other origins, guessing of content types, framing and caching."""
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
