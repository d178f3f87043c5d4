"""What the admin reads when a handler fails; the log has the traceback under the same id."""

from __future__ import annotations

import logging
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.types import CallbackQuery, ErrorEvent, Message

from bot.home import service as home
from bot.home.screens import dashboard
from bot.ui import problems
from bot.ui.i18n import Translator, language_of
from bot.ui.reply import show
from bot.ui.screen import Screen
from db.models.admin import Admin
from db.models.campaign import CampaignStatus
from db.models.errors import Conflict, DataError, NotAllowed, NotFound
from db.pool import Database, is_unreachable

if TYPE_CHECKING:
    from bot.campaigns.live_cards import LiveCards

log = logging.getLogger(__name__)

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without letters that look like digits


async def show_error(
    event: ErrorEvent,
    database: Database,
    cards: LiveCards,
    zone: ZoneInfo,
    admin: Admin | None = None,
    _: Translator | None = None,
) -> None:
    """Handle what a handler raised: log it and show the admin a sentence. aiogram calls this."""
    error = event.exception
    asked = event.update.callback_query or event.update.message
    if isinstance(error, TelegramForbiddenError) or asked is None or asked.from_user is None:
        log.warning("An update failed, and the admin cannot be shown why", exc_info=error)
        return
    words = _ or Translator(language_of(asked.from_user.language_code), zone)
    if admin is not None and isinstance(error, Conflict | NotFound | NotAllowed):
        with suppress(TelegramAPIError):
            await _show_present_state(asked, error, database, cards, admin, words)
        return
    if is_unreachable(error):
        log.error("An update failed: %s: %s", type(error).__name__, error)
        await _send(asked, problems.database_down(words))
        return
    incident = "".join(secrets.choice(ALPHABET) for _place in range(4))
    log.error("Incident %s", incident, exc_info=error)
    await _send(asked, problems.unexpected(words, incident))


async def _send(asked: CallbackQuery | Message, screen: Screen) -> None:
    """Send a new message: what was shown before is still true."""
    with suppress(TelegramAPIError):
        if isinstance(asked, Message):
            await show(asked, screen)
            return
        await asked.answer()
        if isinstance(asked.message, Message):
            await show(asked.message, screen)


async def _show_present_state(
    asked: CallbackQuery | Message,
    error: DataError,
    database: Database,
    cards: LiveCards,
    admin: Admin,
    _: Translator,
) -> None:
    """Show the present state, with a toast that says why the act was not done."""
    noun, noun_id = getattr(error, "noun", ""), getattr(error, "noun_id", 0)
    match error:
        case Conflict() if noun == "campaign":
            toast = problems.already(_, CampaignStatus(error.status))
        case NotAllowed():
            toast = problems.not_yours(_)
        case _gone:
            toast = problems.gone(_)
    if noun == "campaign" and not isinstance(error, NotFound):
        await cards.show(asked, noun_id, _, toast)
    else:
        await show(asked, dashboard(_, admin, await home.overview(database)), toast)
