"""Runs the product as a process of its own, so that SIGKILL ends it as a crash would.

The process gets a new environment and a folder of its own as its working directory. Neither the
user's `.env` nor their exported variables can connect the demo to the real Telegram.
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
READY = b"Running as @"  # the line of the log after which the bot answers

# With util-linux's setpriv the kernel sends SIGTERM to the product when the demo is killed.
_SETPRIV = shutil.which("setpriv")
_END_WITH_PARENT = (_SETPRIV, "--pdeathsig", "TERM") if _SETPRIV else ()

_BASE_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONUNBUFFERED": "1",
}


def zone_with_daylight(now: datetime) -> str:
    """Return a time zone where it is day at `now`, so that quiet hours do not stop the demo."""
    zones = ("Europe/Moscow", "Asia/Vladivostok", "America/Sao_Paulo", "America/Anchorage")
    return next(zone for zone in zones if 9 <= now.astimezone(ZoneInfo(zone)).hour < 19)


class Product:
    """`predlagator run` against a sandbox.

    `folder` keeps its data and its log (`product.log`). `telegram` is the sandbox's environment;
    `settings` override it and the defaults.
    """

    def __init__(self, folder: Path, telegram: dict[str, str], **settings: str) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "product.log"
        self.environment = {
            **_BASE_ENVIRONMENT,
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
        """Return whether the process was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process and wait until its bot answers.

        Raises RuntimeError with the log when the process ends, TimeoutError after START_SECONDS.
        """
        offset = await self.launch()
        async with asyncio.timeout(START_SECONDS):
            while READY not in (output := self.log.read_bytes()[offset:]):
                if not self.running:
                    raise RuntimeError(f"The product has ended by itself:\n{output.decode()}")
                await asyncio.sleep(POLL_SECONDS)

    async def launch(self) -> int:
        """Start the process without waiting; return the offset in the log where its lines begin."""
        with self.log.open("ab") as log:
            offset = log.tell()
            self._process = await self._spawn("run", stdout=log, stderr=log)
        return offset

    async def kill(self) -> None:
        """Send SIGKILL and wait: no handler and no `finally` of the product runs."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Send SIGTERM and wait; return the exit status, 0 for a product that was not started."""
        return await self._end(signal.SIGTERM)

    async def _end(self, signum: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(signum)
        async with asyncio.timeout(STOP_SECONDS):
            return await self._process.wait()

    async def login(self, phone: str, code: str, password: str | None) -> str:
        """Run `predlagator login` with these typed at its prompts; return what it printed.

        Raises RuntimeError with the output when the sign-in fails.
        """
        process = await self._spawn(
            "login",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        typed = "\n".join(filter(None, [phone, code, password])) + "\n"
        try:
            output, _ = await process.communicate(typed.encode())
        finally:
            if process.returncode is None:
                process.terminate()
        if process.returncode != 0:
            raise RuntimeError(f"The sign-in failed: {output.decode()}")
        return output.decode()

    async def _spawn(self, command: str, **streams: object) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *_END_WITH_PARENT,
            sys.executable,
            "-m",
            "bot",
            command,
            cwd=self.folder,
            env=self.environment,
            start_new_session=True,  # Ctrl-C at the terminal reaches the demo only
            **streams,  # type: ignore[arg-type]
        )
