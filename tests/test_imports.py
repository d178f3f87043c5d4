"""What must not be loaded by what: libraries that cost seconds, where nothing needs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*{name.partition(".")[0] for name in sys.modules})
"""


def modules(room: str) -> list[str]:
    """The modules of a package, by their dotted names."""
    paths = sorted((ROOT / room).rglob("*.py"))
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]


def loaded_by(names: list[str]) -> set[str]:
    """The packages that a new interpreter has loaded after it imported these modules."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *names], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_pure_tests_load_no_driver_and_no_sandbox() -> None:
    """So `make unit` takes seconds; what needs more than that stands beside `tests/unit`."""
    loaded = loaded_by(["tests.conftest", *modules("tests/unit")])
    assert loaded & {"aiogram", "aiohttp", "asyncpg", "sandbox", "sqlalchemy", "telethon"} == set()


@pytest.mark.parametrize("room", ["sender", "db"])
def test_only_the_bot_loads_aiogram(room: str) -> None:
    assert "aiogram" not in loaded_by(modules(room))
