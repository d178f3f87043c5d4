"""The product on its embedded Postgres: closed to others, and what it does when that dies."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from demo.admin_script import AdminScript
from demo.narrator import Narrator
from demo.stage import Stage
from sandbox.observer import NotReceived
from tests.waiting import SECONDS, until


@pytest.fixture
async def stage(tmp_path: Path, key_folder: Path) -> AsyncIterator[Stage]:
    """Yield a stage whose product uses its embedded Postgres, in a folder closed to others."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with Stage(closed, key_folder=key_folder) as stage:
        yield stage


def data(stage: Stage) -> Path:
    return stage.product.folder / "data" / "postgres"


def postmaster(stage: Stage) -> psutil.Process:
    return psutil.Process(int((data(stage) / "postmaster.pid").read_text().split("\n", 1)[0]))


async def greet(stage: Stage, narrator: Narrator) -> None:
    """Say /start until the bot answers with its desk, which it reads from the database."""
    anna = AdminScript(stage.admin, stage.bot_id, narrator)
    async with asyncio.timeout(SECONDS):
        while True:
            await anna.say("/start")
            with suppress(NotReceived):
                await anna.wait_for("Campaign desk", 5)
                return


def modes(folder: Path) -> dict[Path, str]:
    return {
        path: stat.filemode(path.stat().st_mode) for path in (folder, *folder.resolve().parents)
    }


async def test_a_killed_postgres_is_started_again_while_the_product_runs(
    stage: Stage, narrator: Narrator
) -> None:
    await stage.product.start()
    await greet(stage, narrator)
    killed = postmaster(stage)
    killed.kill()
    await until(lambda: b"The embedded Postgres runs again" in stage.product.log.read_bytes())
    await greet(stage, narrator)
    assert postmaster(stage) != killed
    assert stage.product.running
    assert await stage.product.stop() == 0
    await until(lambda: not (data(stage) / "postmaster.pid").exists())


async def test_a_postgres_that_cannot_be_started_again_ends_the_product_with_a_sentence(
    stage: Stage, narrator: Narrator
) -> None:
    await stage.product.start()
    await greet(stage, narrator)
    (data(stage) / "global" / "pg_control").rename(data(stage) / "pg_control.away")
    postmaster(stage).kill()
    await until(lambda: not stage.product.running)
    assert await stage.product.stop() == 1
    last = stage.product.log.read_text("utf-8").splitlines()[-1]
    assert last.startswith(f"The folder {data(stage)} is not empty and has no global/pg_control")


async def test_no_folder_is_opened_to_others(stage: Stage, narrator: Narrator) -> None:
    folder = stage.product.folder
    env = folder / ".env"
    env.write_text("LOG_LEVEL=INFO\n", "utf-8")
    before = modes(env)
    await stage.product.start()
    await greet(stage, narrator)
    assert modes(env) == before
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE(data(stage).stat().st_mode) == 0o700
    assert b"can be read by other users" not in stage.product.log.read_bytes()  # who cannot enter
