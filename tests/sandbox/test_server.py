"""The sandbox as one object, and as the program `python -m sandbox`."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from sandbox.__main__ import BOT_TOKEN
from sandbox.server import Sandbox

TOKEN = "7000000001:AAone-world-two-doors"


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key")


async def test_the_settings_name_both_apis(tmp_path: Path, key_folder: Path) -> None:
    async with Sandbox(tmp_path, key_folder=key_folder) as sandbox:
        settings = sandbox.environment()
        assert set(settings) == {
            "TELEGRAM_BOT_API_URL",
            "TELEGRAM_DC_HOST",
            "TELEGRAM_DC_PORT",
            "TELEGRAM_SERVER_KEY",
        }
        assert settings["TELEGRAM_SERVER_KEY"] == str(key_folder / "server_key.pem")
        _, writer = await asyncio.open_connection(
            settings["TELEGRAM_DC_HOST"], int(settings["TELEGRAM_DC_PORT"])
        )
        writer.close()


async def test_bots_and_people_can_be_added_while_it_serves(
    tmp_path: Path, key_folder: Path
) -> None:
    async with Sandbox(tmp_path, key_folder=key_folder) as sandbox:
        bot = sandbox.add_bot(TOKEN, "desk_bot", "Desk")
        anna = sandbox.add_person("Anna", username="anna")
        assert sandbox.add_person("Boris", id=5).id == 5
        assert sandbox.person(anna.id) is sandbox.person(anna.id)
        assert sandbox.issue_session(anna.id).startswith("1")
        await sandbox.person(anna.id).say("desk_bot", "/start")
        session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.bot_api_url))
        async with Bot(TOKEN, session=session).context() as client:
            assert (await client.get_me()).id == bot.id == 7000000001
            await client.send_message(anna.id, "Welcome")
        await sandbox.person(anna.id).wait_for("desk_bot", "Welcome")
        texts = [entry["text"] for entry in sandbox.world.log if entry["kind"] == "message"]
        assert texts == ["/start", "Welcome"]


async def test_the_limit_on_phone_lookups_is_on_and_can_be_set(
    tmp_path: Path, key_folder: Path
) -> None:
    async with Sandbox(tmp_path / "a", key_folder=key_folder) as sandbox:
        assert sandbox.mtproto.phone_lookups.seconds == 3
    async with Sandbox(tmp_path / "b", key_folder=key_folder, phone_lookup_seconds=0) as sandbox:
        assert sandbox.mtproto.phone_lookups.seconds == 0


@contextlib.asynccontextmanager
async def alone(folder: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m sandbox` as a process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--folder", str(folder), *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


FREE = [f"--{name}-port=0" for name in ("bot-api", "dc", "control", "chat")]


async def test_as_a_program_it_prints_its_settings_serves_and_stops_cleanly(
    key_folder: Path,
) -> None:
    async with alone(key_folder, *FREE) as process, aiohttp.ClientSession() as http:
        assert process.stdout is not None
        lines = [(await process.stdout.readline()).decode().strip() for _ in range(6)]
        settings = dict(line.split("=", 1) for line in lines)
        url = f"{settings['TELEGRAM_BOT_API_URL']}/bot{BOT_TOKEN}"
        async with http.get(f"{url}/getMe") as response:
            assert (await response.json())["result"]["username"] == "local_bot"
        async with http.get(f"{settings['SANDBOX_CONTROL_URL']}/settings") as response:
            told = await response.json()
            assert told == {name: settings[name] for name in told}
        async with http.get(settings["SANDBOX_CHAT_URL"]) as response:
            assert "<title>" in await response.text()
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in errors


async def test_a_second_program_on_the_same_port_reports_it(
    tmp_path: Path, key_folder: Path
) -> None:
    async with Sandbox(tmp_path, key_folder=key_folder) as sandbox:
        taken = f"--dc-port={sandbox.dc_port}"
        async with alone(key_folder, *FREE, taken) as process:
            _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode().startswith(f"Port {sandbox.dc_port} is taken")
