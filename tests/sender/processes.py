"""Senders as processes, by name, so that a test can kill and freeze them."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from contextlib import suppress

from tests.sender.stage import Stage

LASTS = 4.0  # seconds that a lease lasts


class Processes:
    """The processes of one test; `close` kills them all."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._all: dict[str, Process] = {}

    async def start(self, name: str) -> None:
        """Start a process of this name, and wait until it runs."""
        sandbox = self._stage.sandbox
        self._all[name] = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.sender.product",
            self._stage.database.dsn.url(),
            sandbox.dc_host,
            str(sandbox.dc_port),
            str(sandbox.server_key_path),
            name,
            str(LASTS),
        )
        await self._stage.until_rows(f"SELECT FROM processes WHERE name = '{name}'")

    def signal(self, name: str, number: signal.Signals) -> None:
        self._all[name].send_signal(number)

    async def close(self) -> None:
        for process in self._all.values():
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
