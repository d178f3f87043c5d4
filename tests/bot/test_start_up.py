"""A start that fails says why in a sentence, without a traceback or a part of a password."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.bot.test_settings import GOOD
from tests.db.fake_postgres import fake_postgres

ROOT = Path(__file__).parents[2]
KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


async def start(folder: Path, url: str) -> tuple[int | None, str]:
    """Run the sender with this DATABASE_URL; its exit code and all that it wrote."""
    settings = {**GOOD, "DATABASE_URL": url, "SECRET_KEY": KEY, "LOG_LEVEL": "DEBUG"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sender", "--name", "one"),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder), **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("postgresql://u:hun@ter#SECRET", 2, "DATABASE_URL is not an address like postgresql://"),
        ("postgresql://u:hun@ter/SECRET@h:x/d", 2, "DATABASE_URL is not an address"),
        ("postgresql://u:hun%00SECRET@h/d", 2, "DATABASE_URL has %00 in it"),
        ("host=h user=u password=hun ter=SECRET", 2, "DATABASE_URL has a word that is not known"),
        ("postgresql://u:hunSECRET@h/d?foo=1", 2, "DATABASE_URL has the word “foo”"),
        ("postgresql://u:hun@ter/SECRET%@127.0.0.1:1/d", 1, "at 127.0.0.1:1/d: nothing listens"),
        ("postgresql://u:hun@ter?SECRET@no.invalid/d", 1, "there is no host of that name"),
        ("postgresql://u:hun:ter&SECRET@127.0.0.1:PORT/d", 1, "the password is wrong"),
        ("postgresql://u:hunSECRET@127.0.0.1:PORT/d?sslmode=require", 1, "rejected SSL upgrade"),
    ],
)
async def test_a_password_is_never_shown(
    tmp_path: Path, url: str, code: int, sentence: str
) -> None:
    async with fake_postgres() as fake:
        ended, output = await start(tmp_path, url.replace("PORT", str(fake.port)))
    assert ended == code, output
    assert sentence in output
    assert "Traceback" not in output
    assert not any(fragment in output for fragment in ("hun", "SECRET"))


async def test_one_driver_that_is_refused_is_told_too(tmp_path: Path, dsn: str) -> None:
    """The job store's driver binds to TLS, which a socket does not have."""
    ended, output = await start(tmp_path, f"{dsn}&channel_binding=require")
    assert ended == 1, output
    assert "Cannot reach the database at a local socket" in output
    assert "Traceback" not in output
