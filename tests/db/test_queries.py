"""Laws of db.queries: statements are valid, the caller owns transactions, no Record leaves."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import db.queries
from db.pool import Database

MODULES = [
    importlib.import_module(f"db.queries.{module.name}")
    for module in pkgutil.iter_modules(db.queries.__path__)
]
STATEMENTS = [
    pytest.param(value, id=f"{module.__name__.removeprefix('db.queries.')}.{name}")
    for module in MODULES
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_statement_prepares(database: Database, statement: str) -> None:
    async with database.connection() as connection:
        await connection.prepare(statement)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_caller_owns_the_transaction(module: ModuleType) -> None:
    source = inspect.getsource(module)
    assert ".transaction(" not in source
    assert "BEGIN" not in source


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_function_returns_a_record(module: ModuleType) -> None:
    returned = {
        name: str(inspect.signature(function).return_annotation)
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__
    }
    assert [name for name, annotation in returned.items() if "Record" in annotation] == []
