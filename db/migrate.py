"""Migrations: plain SQL files that bring the schema up to date, in order, once each.

All that are missing run in one transaction under a lock, so a failed start leaves the schema as it
was. A file that was applied must not change: its checksum is stored and compared. Numbers may have
gaps. A file whose number is below an applied one is applied when it arrives.
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from db.models.errors import DataError
from db.pool import Database

log = logging.getLogger(__name__)

MOST_SECONDS = 6 * 3600  # a migration rewrites tables of any size; the pool's limit is for queries
LOCK = 0x7072_6564  # "pred"; only one process migrates a database at a time

CREATE_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version     integer PRIMARY KEY,
    name        text NOT NULL,
    checksum    bytea NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
)
"""
FIND_APPLIED = "SELECT version, name, checksum FROM schema_migrations"
ADD_APPLIED = "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)"

_FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_OLDEST_POSTGRES = 140000


class MigrationError(DataError):
    """The schema cannot be brought up to date. str() says why and what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. Its name is `version` in four digits, `_`, `name`, `.sql`."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> bytes:
        """SHA-256 of the file."""
        return hashlib.sha256(self.sql.encode()).digest()


def migrations() -> list[Migration]:
    """Return all migrations of this version of the product, in order."""
    found = (
        Migration(int(match[1]), match[2], file.read_text(encoding="utf-8"))
        for file in files("db").joinpath("migrations").iterdir()
        if (match := _FILE_NAME.fullmatch(file.name))
    )
    return sorted(found, key=lambda migration: migration.version)


async def migrate(database: Database, *, until: int | None = None) -> list[str]:
    """Apply the missing migrations and return their names.

    `until` is the last version to apply; None: the newest. Raise MigrationError when the server is
    too old, an applied file was changed, the database is newer, or a statement fails. Nothing is
    changed then.
    """
    known = [m for m in migrations() if until is None or m.version <= until]
    async with database.transaction() as connection:
        if connection.get_server_version().major * 10000 < _OLDEST_POSTGRES:
            raise MigrationError("PostgreSQL 14 or newer is needed; this server is older.")
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK, timeout=MOST_SECONDS)
        await connection.execute(CREATE_LEDGER)
        applied = {row["version"]: row for row in await connection.fetch(FIND_APPLIED)}
        if applied and max(applied) > max(m.version for m in known):
            raise MigrationError(
                "This database was used by a newer version of Predlagator: update this one."
            )
        for migration in known:
            if (row := applied.get(migration.version)) is None:
                continue
            if bytes(row["checksum"]) != migration.checksum:
                raise MigrationError(
                    f"Migration {migration.version:04}_{migration.name} was changed after it "
                    "was applied: put the file back as it was and add a new one instead."
                )
        missing = [m for m in known if m.version not in applied]
        for migration in missing:
            try:
                await connection.execute(migration.sql, timeout=MOST_SECONDS)
            except asyncpg.PostgresError as error:
                raise MigrationError(
                    f"Migration {migration.version:04}_{migration.name} failed: {error}. "
                    "Nothing was changed."
                ) from error
            await connection.execute(
                ADD_APPLIED, migration.version, migration.name, migration.checksum
            )
            log.info("Applied migration %04d_%s", migration.version, migration.name)
    return [m.name for m in missing]
