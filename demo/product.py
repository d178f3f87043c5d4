"""The product as its own process, so that it can really be killed.

It gets a clean environment and a folder of its own to stand in: neither the reader's `.env` nor
anything they export can lead the demo to the real Telegram.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.sample import ADMIN_ID, BOT_TOKEN

API_ID = "12345"
API_HASH = "0123456789abcdef0123456789abcdef"
START_SECONDS, STOP_SECONDS, POLL_SECONDS = 120, 20, 0.05
READY = b"Running as @"  # in its log

# Where Linux can arrange it, a product whose demo was killed ends by itself, cleanly.
_SETPRIV = shutil.which("setpriv")
_ENDS_WITH_US = (_SETPRIV, "--pdeathsig", "TERM") if _SETPRIV else ()

_SYSTEM = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONUNBUFFERED": "1",
}


def zone_with_daylight(now: datetime) -> str:
    """The town lies where it is day, so that nobody's quiet hours stop the demo."""
    zones = ("Europe/Moscow", "Asia/Vladivostok", "America/Sao_Paulo", "America/Anchorage")
    return next(zone for zone in zones if 9 <= now.astimezone(ZoneInfo(zone)).hour < 19)


class Product:
    """`predlagator run` against a sandbox. `folder` keeps its data and its log (`product.log`)."""

    def __init__(self, folder: Path, telegram: dict[str, str], **settings: str) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "product.log"
        self.environment = {
            **_SYSTEM,
            "HOME": str(self.folder),
            "BOT_TOKEN": BOT_TOKEN,
            "API_ID": API_ID,
            "API_HASH": API_HASH,
            "OWNER_ID": str(ADMIN_ID),
            "DATA_DIR": str(self.folder / "data"),
            "ZONE": zone_with_daylight(datetime.now(UTC)),
            **telegram,
            **settings,
        }
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process and wait until its bot runs; RuntimeError when it ends instead."""
        before = await self.launch()
        async with asyncio.timeout(START_SECONDS):
            while READY not in (said := self.log.read_bytes()[before:]):
                if not self.running:
                    raise RuntimeError(f"The product has ended by itself:\n{said.decode()}")
                await asyncio.sleep(POLL_SECONDS)

    async def launch(self) -> int:
        """Start the process and wait for nothing; where its words begin in the log."""
        with self.log.open("ab") as log:
            begins = log.tell()
            self._process = await self._spawn("run", stdout=log, stderr=log)
        return begins

    async def kill(self) -> None:
        """SIGKILL: nothing of ours gets a chance to tidy up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM and wait; the exit status."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(how)
        async with asyncio.timeout(STOP_SECONDS):
            return await self._process.wait()

    async def login(self, phone: str, code: str, password: str | None) -> str:
        """`predlagator login` with these typed at its prompts; what it said. RuntimeError else."""
        process = await self._spawn(
            "login",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        typed = "\n".join(filter(None, [phone, code, password])) + "\n"
        try:
            said, _ = await process.communicate(typed.encode())
        finally:
            if process.returncode is None:
                process.terminate()
        if process.returncode != 0:
            raise RuntimeError(f"The sign-in failed: {said.decode()}")
        return said.decode()

    async def _spawn(self, command: str, **streams: object) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *_ENDS_WITH_US,
            sys.executable,
            "-m",
            "bot",
            command,
            cwd=self.folder,
            env=self.environment,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on
            **streams,  # type: ignore[arg-type]
        )
