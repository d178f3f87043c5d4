"""The demo's stage, its product on this test's own database: a real process that can be killed."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from demo.admin_script import AdminScript
from demo.narrator import Narrator
from demo.stage import Stage
from demo.tour import WIDE_CAPS

SECRET_KEY = "a key for tests only: 0123456789 abcdefghij"


@pytest.fixture
async def stage(tmp_path: Path, dsn: str, key_folder: Path) -> AsyncIterator[Stage]:
    """Yield the demo's stage; the product is not started yet."""
    settings = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET_KEY}
    async with Stage(tmp_path, key_folder=key_folder, **settings) as stage:
        yield stage


@pytest.fixture
def narrator() -> Narrator:
    """Return a narrator whose output is discarded."""
    return Narrator(io.StringIO())


@pytest.fixture
async def anna(stage: Stage, narrator: Narrator) -> AdminScript:
    """The owner, with the product running, its account connected and a message made."""
    await stage.product.start()
    await stage.connect_sender()
    anna = AdminScript(stage.admin, stage.bot_id, narrator)
    await anna.say("/start")
    await anna.wait_for("Campaign desk")
    await anna.raise_caps("Lavender Shop", WIDE_CAPS)
    await anna.make_message("Hello", "Hello, {{name|friend}}!")
    return anna
