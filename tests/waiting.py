"""Waits of tests for what another process does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

SECONDS = 60.0
LOOK_SECONDS = 0.02


async def until(holds: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait until `holds` returns true; TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(LOOK_SECONDS)
