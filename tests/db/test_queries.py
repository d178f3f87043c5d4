"""Laws of db.queries: statements are valid, the caller owns transactions, no Record leaves."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import asyncpg

import db.queries
from db.pool import Database

MODULES = [
    importlib.import_module(f"db.queries.{module.name}")
    for module in pkgutil.iter_modules(db.queries.__path__)
]
STATEMENTS = {
    f"{module.__name__.removeprefix('db.queries.')}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
}


async def test_a_statement_prepares(database: Database) -> None:
    invalid: dict[str, str] = {}
    async with database.connection() as connection:
        for name, statement in STATEMENTS.items():
            try:
                await connection.prepare(statement)
            except asyncpg.PostgresError as error:
                invalid[name] = str(error)
    assert len(STATEMENTS) > 200
    assert invalid == {}


def test_the_caller_owns_the_transaction() -> None:
    sources = {module.__name__: inspect.getsource(module) for module in MODULES}
    opens = [name for name, text in sources.items() if ".transaction(" in text or "BEGIN" in text]
    assert opens == []


def test_no_function_returns_a_record() -> None:
    returned = {
        f"{module.__name__}.{name}": str(inspect.signature(function).return_annotation)
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__
    }
    assert len(returned) > 200
    assert [name for name, annotation in returned.items() if "Record" in annotation] == []
