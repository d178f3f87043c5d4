"""The programs in docs/sandbox.md run unchanged against a sandbox."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sandbox.md").read_text("utf-8")
PROGRAMS = dict(re.findall(r"```(?:python|sh)\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
SERVERS = ("bot-api", "dc", "control", "chat")

Environment = dict[str, str]

BARE: Environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key")


@pytest.fixture
async def environment(key_folder: Path) -> AsyncIterator[Environment]:
    """The settings that `python -m sandbox` prints, while it runs."""
    ports = [f"--{name}-port=0" for name in SERVERS]
    sandbox = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--folder", str(key_folder), *ports),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
    )
    assert sandbox.stdout is not None
    lines = [(await sandbox.stdout.readline()).decode().strip() for _ in range(6)]
    yield BARE | dict(line.split("=", 1) for line in lines)
    sandbox.terminate()
    assert await sandbox.wait() == 0


async def start(name: str, folder: Path, env: Environment) -> asyncio.subprocess.Process:
    program = folder / name
    program.write_text(PROGRAMS[name], "utf-8")
    shell = ["sh", "-eu"] if name.endswith(".sh") else [sys.executable]
    return await asyncio.create_subprocess_exec(
        *shell,
        str(program),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def said(process: asyncio.subprocess.Process) -> str:
    words, _ = await process.communicate()
    assert process.returncode == 0, words.decode()
    return words.decode()


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl here")


@needs_curl
async def test_the_bot_of_the_page_answers(environment: Environment, tmp_path: Path) -> None:
    bot = await start("bot.py", tmp_path, environment)
    try:
        assert "You said Hello" in await said(await start("talk.sh", tmp_path, environment))
    finally:
        bot.terminate()
        await bot.communicate()


async def test_the_telethon_program_signs_in_and_sends(
    environment: Environment, tmp_path: Path
) -> None:
    assert "sent 1" in await said(await start("sender.py", tmp_path, environment))


@needs_curl
async def test_a_fault_is_scripted_from_a_shell(environment: Environment, tmp_path: Path) -> None:
    assert '"fault": "Cut"' in await said(await start("fault.sh", tmp_path, environment))


async def test_the_program_for_tests_runs(tmp_path: Path) -> None:
    words = await said(await start("in_a_test.py", tmp_path, BARE))
    assert words.splitlines() == ["refused once", "['Sale', 'STOP']"]
