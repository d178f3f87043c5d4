"""The functions that APScheduler calls; each passes its call to the runtime of this process.

Their names are stored with the jobs and must never change: APScheduler silently deletes a job whose
function is not found. While no runtime runs, a call does nothing.
"""

from __future__ import annotations

from sender.engine import runtime


async def deliver(campaign_id: int) -> None:
    if (running := runtime.current()) is not None:
        await running.deliver(campaign_id)


async def start_campaign(campaign_id: int) -> None:
    if (running := runtime.current()) is not None:
        await running.start_campaign(campaign_id)


async def resume_campaign(campaign_id: int) -> None:
    if (running := runtime.current()) is not None:
        await running.resume_campaign(campaign_id)


async def housekeeping() -> None:
    if (running := runtime.current()) is not None:
        await running.housekeeping()
