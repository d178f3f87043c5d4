"""What APScheduler calls. These names are stored with the jobs and are kept for ever: a job whose
function was renamed is deleted without a word."""

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
