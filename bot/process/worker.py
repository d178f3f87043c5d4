"""The worker in the bot's process: the operations that need files or sentences."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from aiogram import Bot

from bot.gatherings.showing import GatheringDisplay
from bot.reports.exporting import Export
from bot.uploads.importing import Import
from db.models.operation import OperationKind
from db.pool import Database
from db.worker import Worker

ROLE = "bot"  # one process at a time has it, so claims under this name are a predecessor's


def build_worker(bot: Bot, database: Database, *, zone: ZoneInfo) -> Worker:
    """Return a worker for imports and exports, which shows gatherings; `run` it until cancelled."""
    return Worker(
        database,
        ROLE,
        {
            OperationKind.IMPORT: Import(bot, database, zone=zone),
            OperationKind.EXPORT: Export(bot, database, zone=zone),
        },
        watched={OperationKind.GATHERING: GatheringDisplay(bot, database, zone=zone)},
    )
