"""Makes the report's file and sends it: the worker's `Work` for exports."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import FSInputFile

from bot.campaigns import service as campaigns
from bot.preferences import service as admins
from bot.reports import service as reports
from bot.reports.file import body, head
from bot.reports.screens import caption, file_failed
from bot.ui.i18n import Translator, translator_for
from bot.ui.reply import write
from db.models.admin import Admin, Right
from db.models.operation import Operation, OperationStatus
from db.pool import Connection, Database
from db.work import Context, GiveUp, TryLater

RETRY_SECONDS = 8.0  # doubled with each attempt
UPLOAD_SECONDS = 300  # for a file of a million rows on a slow line
CLOSED = (TelegramForbiddenError, TelegramNotFound)
REFUSED = (TelegramBadRequest, TelegramEntityTooLarge)

log = logging.getLogger(__name__)


class Export:
    def __init__(self, bot: Bot, database: Database, *, zone: ZoneInfo) -> None:
        self._bot, self._database, self._zone = bot, database, zone

    async def run(self, context: Context) -> None:
        """Write the CSV with every person and send it to the admin's chat.

        It is written page by page into a file: a million people are 48 MB. After a kill it is
        made from the beginning. After a few failed uploads or one refusal it fails, and the admin
        gets a sentence instead (`notify`).
        """
        operation = context.operation
        if (admin := await self._admin(operation)) is None:
            return
        _, campaign_id = translator_for(admin, self._zone), operation.subject_id
        with TemporaryDirectory(prefix="predlagator-report-") as folder:
            path = Path(folder) / f"campaign-{campaign_id}.csv"
            await self._write(path, campaign_id, _, full_phones=admin.may(Right.PHONES))
            progress = await campaigns.progress(self._database, campaign_id)
            try:
                await self._bot.send_document(
                    admin.id,
                    FSInputFile(path),
                    caption=caption(_, progress),
                    request_timeout=UPLOAD_SECONDS,
                )
            except CLOSED as error:
                log.info("Admin %s cannot be sent the report: %s", admin.id, error)
            except REFUSED as error:
                raise GiveUp(str(error)) from error
            except TelegramRetryAfter as error:
                raise TryLater(error.retry_after) from error
            except (TelegramNetworkError, TelegramServerError) as error:
                raise TryLater(RETRY_SECONDS * 2 ** (operation.attempts - 1)) from error

    async def _write(
        self, path: Path, campaign_id: int, _: Translator, *, full_phones: bool
    ) -> None:
        with path.open("wb") as file:
            file.write(head(_))
            async for lines in reports.pages(self._database, campaign_id):
                page = await asyncio.to_thread(body, _, lines, full_phones=full_phones)
                await asyncio.to_thread(file.write, page)

    async def undo(self, connection: Connection, operation: Operation) -> None:
        """Do nothing: an export writes no rows."""

    async def notify(self, operation: Operation) -> None:
        """Notify the admin of a failure only: a success is the file itself."""
        if operation.status is not OperationStatus.FAILED:
            return
        if (admin := await self._admin(operation)) is None:
            return
        try:
            _ = translator_for(admin, self._zone)
            await write(self._bot, admin.id, file_failed(_, operation.subject_id))
        except (*CLOSED, TelegramBadRequest) as error:
            log.info("Admin %s cannot be told: %s", admin.id, error)

    async def _admin(self, operation: Operation) -> Admin | None:
        return await admins.find(self._database, operation.requested_by or 0)
