"""A process with a sender and no bot, which a test can kill, freeze and start twice.

Arguments: DSN, host, port, key file; optionally its name and how many seconds a lease lasts.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from db.pool import open_database
from sender.engine.runtime import Runtime
from sender.engine.schedule import Schedule
from sender.telegram.connect import TelegramAccess, TelegramAddress
from sender.telegram.leases import Terms

SECRET_KEY = "a secret of this test run, long enough"


def terms(lasts: float) -> Terms:
    """Return the product's terms, scaled to a lease that lasts so many seconds."""
    return Terms(lasts, renew=lasts / 4, trust=lasts * 2 / 3, grace=lasts / 2)


async def main(dsn: str, host: str, port: str, key: str, name: str, lasts: str) -> None:
    database = await open_database(dsn)
    address = TelegramAddress(host, int(port), key)
    access = TelegramAccess(12345, "0123456789abcdef0123456789abcdef", address)
    clock = Schedule(database.dsn, name)
    await Runtime(database, SECRET_KEY, access, clock, name=name, terms=terms(float(lasts))).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    dsn, host, port, key_file, *more = sys.argv[1:]
    name, lasts = more or ("main", "60")
    asyncio.run(main(dsn, host, port, Path(key_file).read_text(encoding="ascii"), name, lasts))
