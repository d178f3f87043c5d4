"""Shows how gatherings go and how they end; the sender's process runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.gatherings import screens, service
from bot.preferences import service as admins
from bot.ui.i18n import Translator, translator_for
from bot.ui.progress import edit_or_log, replace
from bot.ui.screen import Screen
from db.models.operation import Operation, OperationStatus
from db.pool import Database

if TYPE_CHECKING:
    from aiogram import Bot


class GatheringDisplay:
    """The worker's `ProgressDisplay` for gatherings."""

    def __init__(self, bot: Bot, database: Database, *, zone: ZoneInfo) -> None:
        self._bot, self._database, self._zone = bot, database, zone
        self._shown: dict[int, int] = {}  # what was done when it was shown, by operation

    async def show_progress(self, operation: Operation) -> None:
        done, total = operation.progress.done, operation.checkpoint.get("total", 0)
        if not done or self._shown.get(operation.id) == done:
            return
        self._shown[operation.id] = done
        _, params = await self._translator(operation), operation.params
        screen = screens.gathering(_, operation.subject_id, done, total)
        await edit_or_log(self._bot, params["chat_id"], params["message_id"], screen)

    async def notify(self, operation: Operation) -> None:
        """Show the result in the message that showed the progress."""
        self._shown.pop(operation.id, None)
        screen = await self._ending(operation, await self._translator(operation))
        params = operation.params
        await replace(self._bot, params["chat_id"], params["message_id"], screen)

    async def _ending(self, operation: Operation, _: Translator) -> Screen:
        if operation.status is OperationStatus.CANCELLED:
            return screens.cancelled(_)
        if operation.status is OperationStatus.FAILED or operation.result is None:
            return screens.failed(_, operation.subject_id, operation.reason)
        left_out = dict(operation.result)
        if (list_id := left_out.pop("list_id")) is None:
            return screens.nothing_found(_, operation.subject_id, left_out)
        return screens.made(_, await service.get_list(self._database, list_id), left_out)

    async def _translator(self, operation: Operation) -> Translator:
        admin = await admins.find(self._database, operation.requested_by or 0)
        return translator_for(admin, self._zone) if admin else Translator("en", self._zone)
