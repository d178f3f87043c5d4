"""One demo at a time, and nothing of a killed one in the way of the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from demo.workdir import Occupied, Premises, end_processes

# Stands in for the product: ends at SIGTERM, and `-m bot` is in its command line.
WAITING = "import sys, time; sys.stdout.write('.'); sys.stdout.flush(); time.sleep(60)"


def left_behind(folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, "-m", "bot"], cwd=folder, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.read(1) == b"."
    return process


def test_a_second_demo_hears_in_one_sentence_where_the_first_one_is(tmp_path: Path) -> None:
    with Premises(tmp_path) as premises:
        premises.announce("http://127.0.0.1:8765/")
        with pytest.raises(Occupied, match=r"running already \(http://127\.0\.0\.1:8765/\)"):
            Premises(tmp_path).__enter__()
    with Premises(tmp_path):
        pass


def test_what_an_earlier_demo_left_is_removed_but_the_key(tmp_path: Path) -> None:
    with Premises(tmp_path) as premises:
        (tmp_path / "product" / "data").mkdir(parents=True)
        (tmp_path / "telegram").mkdir()
        premises.keys.mkdir()
        premises.clear()
        assert {path.name for path in tmp_path.iterdir()} == {"lock", "keys"}
        premises.clear(everything=True)
        assert {path.name for path in tmp_path.iterdir()} == {"lock"}


def test_a_product_that_a_killed_demo_left_running_is_ended(tmp_path: Path) -> None:
    process = left_behind(tmp_path / "product")
    end_processes(tmp_path)
    assert not psutil.pid_exists(process.pid)


def test_processes_elsewhere_are_left_alone(tmp_path: Path) -> None:
    process = left_behind(tmp_path / "elsewhere")
    end_processes(tmp_path)
    assert psutil.pid_exists(process.pid)
    assert process.poll() is None
    process.kill()
    process.wait()
