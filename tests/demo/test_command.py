"""`make demo` at the command line: its options, a second one beside it, and Ctrl-C."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import aiohttp
import psutil
import pytest

from demo import __main__ as command
from demo import play
from demo.workdir import Premises

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below pytest's own one: as root the embedded Postgres is another user."""
    folder = Path(mkdtemp(prefix="predlagator-demo-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def demo(folder: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m demo` standing in this folder."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", *arguments),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


async def address(process: asyncio.subprocess.Process) -> str:
    """Where the page is, as the demo says once everything runs."""
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        async for line in process.stdout:
            if found := re.search(r"Open (http://127\.0\.0\.1:\d+/)", line.decode()):
                return found[1]
    raise AssertionError("The demo has ended by itself")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def standing_in(folder: Path) -> list[str]:
    """What runs in this folder or below it."""
    inside = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder):
                inside.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return inside


async def test_a_second_demo_says_where_the_first_is_and_ctrl_c_leaves_nothing_running(
    folder: Path,
) -> None:
    port = free_port()
    async with demo(folder, "--port", str(port)) as first:
        url = await address(first)
        assert url == f"http://127.0.0.1:{port}/"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            assert answer.status == 200
        assert any("-m bot run" in one for one in standing_in(folder))
        listening = {
            one.laddr.port
            for one in psutil.Process(first.pid).net_connections()
            if one.status == psutil.CONN_LISTEN
        }

        async with demo(folder) as second:
            _, complaint = await second.communicate()
            assert second.returncode == 1
            assert complaint.decode().count("\n") == 1
            assert f"A demo is running already ({url})" in complaint.decode()

        first.send_signal(signal.SIGINT)
        said, complaint = await first.communicate()
    assert (first.returncode, complaint) == (0, b"")
    assert said.decode().endswith("Nothing of it runs any more.\n")
    assert standing_in(folder) == []
    assert port in listening
    for one in listening:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", one)
    with Premises(folder / "demo-data"):
        pass  # the lock is free


async def test_a_taken_port_is_said_in_a_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with demo(folder, "--port", str(port)) as process:
            _, complaint = await process.communicate()
    assert process.returncode == 1
    assert complaint.decode().startswith(f"Port {port} is taken:")
    assert complaint.decode().count("\n") == 1


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["demo", *arguments])
    return command.main()


@pytest.mark.parametrize(("arguments", "kept"), [((), {"lock", "keys"}), (("--reset",), {"lock"})])
def test_reset_removes_the_key_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], kept: set[str]
) -> None:
    (tmp_path / "demo-data" / "keys").mkdir(parents=True)
    (tmp_path / "demo-data" / "product").mkdir()
    found: set[str] = set()

    async def only_look(premises: Premises, _port: int) -> int:
        found.update(path.name for path in premises.folder.iterdir())
        return 0

    monkeypatch.setattr(play, "demo", only_look)
    assert run(monkeypatch, tmp_path, *arguments) == 0
    assert found == kept


def test_a_tour_goes_at_the_rate_and_on_the_port_that_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def only_listen(_folder: Path, port: int, rate: str) -> int:
        asked.extend([port, rate])
        return 0

    monkeypatch.setattr(play, "tour", only_listen)
    assert run(monkeypatch, tmp_path, "--tour", "--port", "8999", "--rate", "600/min") == 0
    assert asked == [8999, "600/min"]


def test_a_rate_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, tmp_path, "--tour", "--rate", "fast")
    assert "like 10/s or 600/min" in capsys.readouterr().err
