"""A draft before Start: its review, Start, and discarding it."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.campaigns.live_cards import LiveCards
from bot.drafts import refusals, review, service
from bot.drafts.counted_review import show_review
from bot.drafts.presses import AskDiscard, DiscardDraft, StartDraft
from bot.drafts.view_model import CannotStart
from bot.ui import problems
from bot.ui.background import Background
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenReview
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import BUILD
from db.models.admin import Admin
from db.pool import Database


async def open_review(
    callback: CallbackQuery,
    press: OpenReview,
    state: FSMContext,
    database: Database,
    background: Background,
    _: Translator,
) -> None:
    await state.clear()
    await show_review(callback, database, press.campaign_id, background, _)


async def ask_discard(
    callback: CallbackQuery, press: AskDiscard, database: Database, _: Translator
) -> None:
    draft = await service.get(database, press.campaign_id)
    await show(callback, review.ask_discard(_, draft))


async def discard(
    callback: CallbackQuery, press: DiscardDraft, database: Database, admin: Admin, _: Translator
) -> None:
    name = await service.discard(database, admin, press.campaign_id)
    await show(callback, review.discarded(_, name))


async def start(
    callback: CallbackQuery,
    press: StartDraft,
    database: Database,
    admin: Admin,
    cards: LiveCards,
    background: Background,
    _: Translator,
) -> None:
    try:
        await service.start(database, admin, press.campaign_id)
    except CannotStart as error:
        unusable = error.unusable
        toast = refusals.why_not(_, unusable) if unusable else problems.cannot_start(_)
        await show_review(callback, database, press.campaign_id, background, _, toast)
        return
    shown = await cards.show(callback, press.campaign_id, _)
    with suppress(TelegramAPIError):
        await shown.pin(disable_notification=True)


def router() -> Router:
    """Return a fresh router with the handlers of the review."""
    routes = Router(name="draft_review")
    press = routes.callback_query.register
    press(open_review, Pressed(OpenReview), flags=BUILD)
    press(ask_discard, Pressed(AskDiscard), flags=BUILD)
    press(discard, Pressed(DiscardDraft), flags=BUILD)
    press(start, Pressed(StartDraft), flags=BUILD)
    return routes
