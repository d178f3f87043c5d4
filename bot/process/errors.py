"""What the admin reads when a handler fails; the log has the trace under the same id."""

from __future__ import annotations

import logging
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.types import CallbackQuery, ErrorEvent, Message

from bot.campaigns import service as campaigns
from bot.campaigns.card import card
from bot.home import service as overview
from bot.home.screens import dashboard
from bot.ui import problems
from bot.ui.i18n import Words, language_of
from bot.ui.reply import show
from bot.ui.screen import Screen
from db.models.admin import Admin
from db.models.errors import Conflict, DataError, NotAllowed, NotFound
from db.pool import Database, is_unreachable

if TYPE_CHECKING:
    from bot.campaigns.live_cards import LiveCards

log = logging.getLogger(__name__)

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no letters that are taken for digits


async def tell(
    event: ErrorEvent,
    database: Database,
    cards: LiveCards,
    zone: ZoneInfo,
    admin: Admin | None = None,
    _: Words | None = None,
) -> None:
    """aiogram's error handler: every failure ends here, and the admin always reads something."""
    error = event.exception
    asked = event.update.callback_query or event.update.message
    if isinstance(error, TelegramForbiddenError) or asked is None or asked.from_user is None:
        log.warning("An update failed and nobody can be told", exc_info=error)
        return
    words = _ or Words(language_of(asked.from_user.language_code), zone)
    if admin is not None and isinstance(error, Conflict | NotFound | NotAllowed):
        with suppress(TelegramAPIError):
            await _show_what_is(asked, error, database, cards, admin, words)
        return
    if is_unreachable(error):
        log.error("An update failed: %s: %s", type(error).__name__, error)
        await _say(asked, problems.database_down(words))
        return
    incident = "".join(secrets.choice(ALPHABET) for _place in range(4))
    log.error("Incident %s", incident, exc_info=error)
    await _say(asked, problems.unexpected(words, incident))


async def _say(asked: CallbackQuery | Message, screen: Screen) -> None:
    """As a new message: what was shown before is still true."""
    with suppress(TelegramAPIError):
        if isinstance(asked, Message):
            await show(asked, screen)
            return
        await asked.answer()
        if isinstance(asked.message, Message):
            await show(asked.message, screen)


async def _show_what_is(
    asked: CallbackQuery | Message,
    error: DataError,
    database: Database,
    cards: LiveCards,
    admin: Admin,
    _: Words,
) -> None:
    """Somebody was faster, or the row is gone: the present state, and a toast that says so."""
    noun, noun_id = getattr(error, "noun", ""), getattr(error, "noun_id", 0)
    if noun == "campaign" and not isinstance(error, NotFound):
        standing = await campaigns.standing(database, noun_id)
        allowed = not isinstance(error, NotAllowed)
        toast = problems.already(_, standing.campaign.status) if allowed else problems.not_yours(_)
        shown = await show(asked, card(_, standing), toast)
        await cards.take_up(standing.campaign, shown)
        return
    toast = problems.not_yours(_) if isinstance(error, NotAllowed) else problems.gone(_)
    await show(asked, dashboard(_, admin, await overview.overview(database)), toast)
