"""aiogram imported with its models deferred: the same models, and hardly one of them built."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from demo.sample import BOT_TOKEN

MODELS = Path(__file__).with_name("aiogram_models.py")

PLAIN_AFTER_ALL = """
from bot.process import lean_aiogram
def fails(_): raise AttributeError("another pydantic")
lean_aiogram._models_of_aiogram = fails
lean_aiogram.import_aiogram()
import aiogram.types as types
for name in types.__all__:
    assert getattr(getattr(types, name), "__pydantic_complete__", True), name
types.Chat(id=1, type="private")
import aiogram.methods
aiogram.methods.SendMessage(chat_id=1, text="Hi").model_dump(warnings=False)
"""
AS_THE_PRODUCT = """
import asyncio, sys
from bot import app
from bot.settings import load_settings
from db.models.errors import DataError
try:
    asyncio.run(app.run(load_settings()))
except (app.CannotRun, DataError, OSError) as error:
    import aiogram.types
    assert not aiogram.types.ChatFullInfo.__pydantic_complete__
    assert aiogram.types.Update.__pydantic_complete__
    print("refused")
"""
ENVIRONMENT = {
    "BOT_TOKEN": BOT_TOKEN,
    "OWNER_ID": "1",
    "API_ID": "12345",
    "API_HASH": "0123456789abcdef0123456789abcdef",
    "SECRET_KEY": "a key for tests only: 0123456789 abcdefghij",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
}


def python(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def models(*how: str) -> dict[str, Any]:
    printed: dict[str, Any] = json.loads(python(str(MODELS), *how))
    return printed


def test_every_model_is_the_same_as_after_a_plain_import() -> None:
    lean, plain = models("lean"), models()
    assert len(plain["models"]) > 400
    assert lean["models"] == plain["models"]
    assert lean["samples"] == plain["samples"]


def test_hardly_a_model_is_built_before_it_is_used() -> None:
    assert models("lean")["built"] < 10 < 400 < models()["built"]


def test_where_they_cannot_be_deferred_all_are_built() -> None:
    python("-c", PLAIN_AFTER_ALL)


def test_the_product_imports_it_so() -> None:
    assert python("-c", AS_THE_PRODUCT, **ENVIRONMENT) == "refused\n"
