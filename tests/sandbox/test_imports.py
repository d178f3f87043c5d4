"""The sandbox imports aiogram only for the Bot API, and without blocking the event loop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SERVE_WITHOUT_A_BOT = """
import asyncio, pathlib, sys
import sandbox.control, sandbox.server, sandbox.web

async def serve():
    async with sandbox.server.Sandbox(pathlib.Path(sys.argv[1])) as local:
        local.add_bot("7:token", "some_bot", "Bot")
        sender = local.add_person("Sender")
        local.issue_session(sender.id)
        await local.person(sender.id).say("some_bot", "hello")

asyncio.run(serve())
assert "aiogram" not in sys.modules
"""

SERVE_ONE_CALL_OF_A_BOT = """
import asyncio, pathlib, sys
import aiohttp, sandbox.server

async def serve():
    async with sandbox.server.Sandbox(pathlib.Path(sys.argv[1])) as local:
        local.add_bot("7:token", "some_bot", "Bot")
        async with aiohttp.ClientSession() as http:
            call = asyncio.ensure_future(http.get(f"{local.bot_api_url}/bot7:token/getMe"))
            turns = 0
            while not call.done():
                await asyncio.sleep(0.01)
                turns += 1
            answer = await (await call).json()
    assert answer["result"]["username"] == "some_bot"
    assert "aiogram" in sys.modules
    assert turns >= 10, turns

asyncio.run(serve())
"""


def _run(program: str, folder: Path) -> None:
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_a_sandbox_without_bot_api_calls_does_not_import_aiogram(tmp_path: Path) -> None:
    _run(SERVE_WITHOUT_A_BOT, tmp_path)


def test_the_first_bot_api_call_imports_aiogram_without_blocking_the_loop(tmp_path: Path) -> None:
    _run(SERVE_ONE_CALL_OF_A_BOT, tmp_path)
