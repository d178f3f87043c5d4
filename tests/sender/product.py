"""A sender alone in a process, so that it can really be killed: DSN, host, port, key file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from db.pool import open_database
from sender.clients import TelegramAccess, TelegramAddress
from sender.runtime import Runtime
from sender.schedule import Schedule
from tests.sender.stage import SECRET_KEY


async def main(dsn: str, host: str, port: str, key: str) -> None:
    database = await open_database(dsn)
    address = TelegramAddress(host, int(port), key)
    access = TelegramAccess(12345, "0123456789abcdef0123456789abcdef", address)
    await Runtime(database, SECRET_KEY, access, Schedule(dsn)).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    dsn, host, port, key_file = sys.argv[1:]
    asyncio.run(main(dsn, host, port, Path(key_file).read_text(encoding="ascii")))
