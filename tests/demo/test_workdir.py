"""One demo runs at a time; files and processes of a killed one are removed before the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from demo.workdir import Workdir, WorkdirInUse, end_processes

# In place of the product: `-m bot` is in its command line, and SIGTERM ends it.
WAITING = "import sys, time; sys.stdout.write('.'); sys.stdout.flush(); time.sleep(60)"


def start_waiting(folder: Path) -> subprocess.Popen[bytes]:
    """Start a process that waits in `folder`; return it once it runs."""
    folder.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, "-m", "bot"], cwd=folder, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.read(1) == b"."
    return process


def test_a_second_demo_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    with Workdir(tmp_path) as workdir:
        workdir.announce("http://127.0.0.1:8765/")
        with pytest.raises(WorkdirInUse, match=r"running already \(http://127\.0\.0\.1:8765/\)"):
            Workdir(tmp_path).__enter__()
    with Workdir(tmp_path):
        pass


def test_clearing_removes_all_but_the_key_and_with_everything_the_key_too(tmp_path: Path) -> None:
    with Workdir(tmp_path) as workdir:
        (tmp_path / "product" / "data").mkdir(parents=True)
        (tmp_path / "telegram").mkdir()
        workdir.keys.mkdir()
        workdir.clear()
        assert {path.name for path in tmp_path.iterdir()} == {"lock", "keys"}
        workdir.clear(everything=True)
        assert {path.name for path in tmp_path.iterdir()} == {"lock"}


def test_a_product_that_runs_in_the_folder_is_ended(tmp_path: Path) -> None:
    process = start_waiting(tmp_path / "product")
    end_processes(tmp_path)
    assert not psutil.pid_exists(process.pid)


def test_a_process_in_another_folder_is_not_ended(tmp_path: Path) -> None:
    process = start_waiting(tmp_path / "elsewhere")
    end_processes(tmp_path)
    assert psutil.pid_exists(process.pid)
    assert process.poll() is None
    process.kill()
    process.wait()
