"""The embedded Postgres: a server from a wheel, with its data in a folder of the product."""

from db.embedded.programs import MAJOR
from db.embedded.server import NAME, START_SECONDS, EmbeddedPostgres

__all__ = ["MAJOR", "NAME", "START_SECONDS", "EmbeddedPostgres"]
