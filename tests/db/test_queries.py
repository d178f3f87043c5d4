"""Every statement of db.queries is valid in the real schema."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import db.queries
from db.pool import Database

STATEMENTS = [
    pytest.param(value, id=f"{module.name}.{name}")
    for module in pkgutil.iter_modules(db.queries.__path__)
    for name, value in vars(importlib.import_module(f"db.queries.{module.name}")).items()
    if name.isupper() and isinstance(value, str)
]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_statement_prepares(database: Database, statement: str) -> None:
    async with database.connection() as connection:
        await connection.prepare(statement)
