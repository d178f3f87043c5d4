"""Shows the review of a draft; a large audience is counted in the background."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.drafts import review, service
from bot.ui.progress import replace
from bot.ui.reply import show
from db.models.errors import Conflict, NotFound

if TYPE_CHECKING:
    from aiogram.types import CallbackQuery, Message

    from bot.ui.background import Background
    from bot.ui.i18n import Translator
    from db.pool import Database

LARGE = 20_000  # members of the lists; to count more takes longer than an answer may

log = logging.getLogger(__name__)


async def show_review(
    event: Message | CallbackQuery,
    database: Database,
    campaign_id: int,
    background: Background,
    _: Translator,
    toast: str | None = None,
) -> None:
    """Show the draft as it would start now; count a large audience in the background first."""
    if await service.count_members(database, campaign_id) <= LARGE:
        await show(event, review.review(_, await service.review(database, campaign_id)), toast)
        return
    shown = await show(event, review.counting(_, campaign_id), toast)
    background.start(_replace_when_counted(shown, database, campaign_id, _))


async def _replace_when_counted(
    shown: Message, database: Database, campaign_id: int, _: Translator
) -> None:
    try:
        found = await service.review(database, campaign_id)
    except (Conflict, NotFound):
        log.info("Draft %s was started or discarded while it was counted", campaign_id)
        return
    assert shown.bot is not None
    await replace(shown.bot, shown.chat.id, shown.message_id, review.review(_, found))
