"""The product as a process that can be killed, frozen and given a wrong clock."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

STOP_SECONDS = 30


class ProductProcess:
    """`python -m bot …`; what it says goes to `<folder>/<name>.log`."""

    def __init__(
        self, name: str, command: tuple[str, ...], folder: Path, environment: dict[str, str]
    ) -> None:
        self.name, self._command = name, command
        self._folder, self._environment = folder, environment
        self.log = folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def launch(self) -> None:
        """Begin; wait for nothing."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                *self._command,
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """SIGKILL: nothing gets a chance to tidy up."""
        self._signal(signal.SIGKILL)
        await self.ended()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for what does not hear it."""
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.ended(), STOP_SECONDS)
        except TimeoutError:
            await self.kill()

    async def ended(self) -> None:
        if self._process is not None:
            await self._process.wait()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(which)
