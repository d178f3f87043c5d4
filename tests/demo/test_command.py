"""`make demo` at the command line: its options, a second demo at the same time, and Ctrl-C."""

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
from demo.workdir import Workdir

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return an empty folder, closed to other users as `mktemp -d` makes it."""
    folder = Path(mkdtemp(prefix="predlagator-demo-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def demo(folder: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m demo` with `folder` as its working directory."""
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
    """Return the page's URL, which the demo prints when everything runs."""
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        async for line in process.stdout:
            if found := re.search(r"Open (http://127\.0\.0\.1:\d+/)", line.decode()):
                return found[1]
    raise AssertionError("The demo has ended by itself")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def running_in(folder: Path) -> list[str]:
    """Return the command lines of the processes whose working directory is in this folder."""
    inside = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder):
                inside.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return inside


async def test_a_second_demo_names_the_url_of_the_first_and_ctrl_c_ends_all_processes(
    folder: Path,
) -> None:
    port = free_port()
    async with demo(folder, "--port", str(port)) as first:
        url = await address(first)
        assert url == f"http://127.0.0.1:{port}/"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            assert answer.status == 200
        assert any("-m bot run" in one for one in running_in(folder))
        listening = {
            one.laddr.port
            for one in psutil.Process(first.pid).net_connections()
            if one.status == psutil.CONN_LISTEN
        }

        async with demo(folder) as second:
            _, error = await second.communicate()
            assert second.returncode == 1
            assert error.decode().count("\n") == 1
            assert f"A demo is running already ({url})" in error.decode()

        first.send_signal(signal.SIGINT)
        output, error = await first.communicate()
    assert (first.returncode, error) == (0, b"")
    assert output.decode().endswith("Nothing of it runs any more.\n")
    assert running_in(folder) == []
    assert port in listening
    for one in listening:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", one)
    with Workdir(folder / "demo-data"):
        pass  # the lock is free


async def test_a_taken_port_is_reported_in_one_line(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with demo(folder, "--port", str(port)) as process:
            _, error = await process.communicate()
    assert process.returncode == 1
    assert error.decode().startswith(f"Port {port} is taken:")
    assert error.decode().count("\n") == 1


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["demo", *arguments])
    return command.main()


@pytest.mark.parametrize(("arguments", "kept"), [((), {"lock", "keys"}), (("--reset",), {"lock"})])
def test_only_reset_removes_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], kept: set[str]
) -> None:
    (tmp_path / "demo-data" / "keys").mkdir(parents=True)
    (tmp_path / "demo-data" / "product").mkdir()
    found: set[str] = set()

    async def list_folder(workdir: Workdir, _port: int) -> int:
        found.update(path.name for path in workdir.folder.iterdir())
        return 0

    monkeypatch.setattr(play, "serve_demo", list_folder)
    assert run(monkeypatch, tmp_path, *arguments) == 0
    assert found == kept


def test_a_tour_takes_its_rate_and_port_from_the_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []

    async def record(_folder: Path, port: int, rate: str) -> int:
        given.extend([port, rate])
        return 0

    monkeypatch.setattr(play, "play_tour", record)
    assert run(monkeypatch, tmp_path, "--tour", "--port", "8999", "--rate", "600/min") == 0
    assert given == [8999, "600/min"]


def test_a_malformed_rate_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, tmp_path, "--tour", "--rate", "fast")
    assert "like 10/s or 600/min" in capsys.readouterr().err
