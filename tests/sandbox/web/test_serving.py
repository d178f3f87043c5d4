"""Access to the page, its static files, and its start and end."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest

from sandbox.faults import Faults
from sandbox.web import Layout, PortTaken, WebChat
from tests.sandbox.web.conftest import Browser

STATIC = Path(__file__).parents[3] / "sandbox" / "web" / "static"
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", ["/", "/ws", "/files/1", "/static/js/app.js"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
    ids=str,
)
async def test_no_other_site_reaches_the_sandbox(
    http: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with http.get(path, headers=headers) as answer:
        assert answer.status == 403


async def test_the_page_itself_is_served(http: aiohttp.ClientSession, url: str) -> None:
    async with http.ws_connect("/ws", headers={"Origin": url.rstrip("/")}) as socket:
        await Browser(socket).told("hello")
    port = url.rstrip("/").rpartition(":")[2]
    async with http.get("/", headers={"Host": f"localhost:{port}"}) as answer:
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_every_file_that_the_page_references_exists(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        named = re.findall(r'(?:src|href)="(/[^"]+)"', await answer.text())
    assert len(named) > 5
    for script in STATIC.glob("js/*.js"):
        imported = re.findall(r'from "\./([^"]+)"|import "\./([^"]+)"', script.read_text("utf-8"))
        named += [f"/static/js/{one or other}" for one, other in imported]
    for address in set(named):
        async with http.get(address) as answer:
            assert answer.status == 200, address


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_page_loads_nothing_from_other_origins(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"""["'(]https?://[\w.]+""", text) == []
    assert len(text.splitlines()) <= 250
    assert "innerHTML" not in text


async def test_a_taken_port_is_reported(layout: Layout, faults: Faults, url: str) -> None:
    port = int(url.rstrip("/").rpartition(":")[2])
    second = WebChat(layout, faults)
    with pytest.raises(PortTaken, match=f"Port {port} is taken"):
        await second.start(port=port)
    await second.close()


async def test_closing_closes_the_open_pages(chat: WebChat) -> None:
    url = await chat.start(port=0)
    async with aiohttp.ClientSession(url) as http, http.ws_connect("/ws") as socket:
        await Browser(socket).told("hello")
        async with asyncio.timeout(3):
            closing = chat.close()
            await asyncio.gather(closing, _drain(socket))
    assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY


async def _drain(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass
