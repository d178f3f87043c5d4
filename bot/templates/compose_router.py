"""Composing a message: it is sent as people should see it, shown filled, named and saved.

The draft is in the conversation's data and its file in `media`, so both survive a restart.
"""

from __future__ import annotations

from typing import Any

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.templates import compose_screens as screens
from bot.templates import sample_message as sample
from bot.templates import service
from bot.templates.presses import AskTemplateName, KeepTemplateName, NewTemplate, ShowAnotherPerson
from bot.templates.states import Composing
from bot.ui.i18n import Translator
from bot.ui.press_filter import Pressed
from bot.ui.reply import show, write
from bot.ui.rights import BUILD
from bot.ui.screen import Screen
from db.models.admin import Admin
from db.models.template import Entity, Template, mistakes, utf16_length
from db.pool import Database

MOST_BYTES = 20 * 1024 * 1024  # what the Bot API gives to bots
LONGEST_NAME = 64
SUGGESTED_WORDS = 4


async def ask_message(
    query: CallbackQuery, _: Translator, database: Database, state: FSMContext
) -> None:
    await state.clear()
    await state.set_state(Composing.message)
    fields = await service.newest_fields(database)
    await show(query, screens.ask_message(_, fields))


async def take_message(
    message: Message, _: Translator, database: Database, state: FSMContext, bot: Bot
) -> None:
    data = await state.get_data()
    if message.media_group_id is not None:
        if data.get("album") != message.media_group_id:  # once for all its parts
            await state.update_data(album=message.media_group_id)
            await show(message, screens.album(_))
        return
    if (refusal := await _refusal(_, message, database)) is not None:
        await show(message, refusal)
        return
    media_id, file = None, message.photo[-1] if message.photo else message.document
    if file is not None:
        try:
            stream = await bot.download(file)
        except TelegramAPIError:
            await show(message, screens.not_fetched(_))
            return
        assert stream is not None
        media_id = await service.keep_media(database, *sample.file_of(message), stream.read())
    await state.set_data(
        {
            "text": message.text or message.caption or "",
            "entities": [entity.to_json() for entity in sample.formatting_of(message)],
            "media_id": media_id,
            "file_id": None if file is None else file.file_id,
            "photo": bool(message.photo),
            "place": 0,
        }
    )
    await _show_sample(message, _, database, state, bot)


async def _refusal(_: Translator, message: Message, database: Database) -> Screen | None:
    """Return why this cannot be a campaign's message; None when it can."""
    file = message.photo[-1] if message.photo else message.document
    if message.animation or (file is None and not message.text):
        return screens.not_sendable(_)
    text = message.text or message.caption or ""
    draft = Template(0, "", text, (), None if file is None else 0)
    ending = await service.ending(database, draft)
    if (length := utf16_length(text + ending)) > draft.most_units:
        return screens.too_long(_, length, draft.most_units, ending)
    if wrong := mistakes(text):
        return screens.mistaken(_, wrong)
    if file is not None and (file.file_size or 0) > MOST_BYTES:
        return screens.too_big(_)
    return None


async def another_person(
    query: CallbackQuery, _: Translator, database: Database, state: FSMContext, bot: Bot
) -> None:
    data = await state.get_data()
    if _draft(data) is None:
        await query.answer(screens.draft_gone(_))
        return
    await state.update_data(place=data["place"] + 1)
    await _show_sample(query, _, database, state, bot)


async def ask_name(query: CallbackQuery, _: Translator, state: FSMContext) -> None:
    draft = _draft(await state.get_data())
    if draft is None:
        await query.answer(screens.draft_gone(_))
        return
    await state.set_state(Composing.name)
    await show(query, screens.ask_name(_, suggested_name(_, draft.text)))


async def take_name(
    message: Message, admin: Admin, _: Translator, database: Database, state: FSMContext
) -> None:
    name = (message.text or "").strip()
    if not 0 < len(name) <= LONGEST_NAME or "\n" in name:
        await show(message, screens.name_refused(_, LONGEST_NAME))
        return
    await _save(message, admin, _, database, state, name)


async def keep_name(
    query: CallbackQuery, admin: Admin, _: Translator, database: Database, state: FSMContext
) -> None:
    await _save(query, admin, _, database, state, None)


async def _save(
    event: Message | CallbackQuery,
    admin: Admin,
    _: Translator,
    database: Database,
    state: FSMContext,
    name: str | None,
) -> None:
    draft = _draft(await state.get_data())
    if draft is None:
        await event.answer(screens.draft_gone(_))
        return
    name = name or suggested_name(_, draft.text)
    saved = await service.save(database, admin, draft, name)
    await state.clear()
    await show(event, screens.saved(_, saved))


async def _show_sample(
    event: Message | CallbackQuery, _: Translator, database: Database, state: FSMContext, bot: Bot
) -> None:
    """Show the message as one person gets it, edited in place for the next person."""
    data = await state.get_data()
    draft = _draft(data)
    assert draft is not None
    assert event.from_user is not None
    preview = await service.preview(database, draft, data["place"])
    chat_id, shown_id = event.from_user.id, data.get("sample_id")
    file = sample.File(data["file_id"], data["photo"]) if data["file_id"] else None
    in_place = (
        isinstance(event, CallbackQuery)
        and shown_id is not None
        and await sample.edit(bot, chat_id, shown_id, file, preview.filled)
    )
    if in_place or not preview.fits:
        await show(event, screens.previewed(_, preview))
        return
    sent = await sample.send(bot, chat_id, file, preview.filled)
    await state.update_data(sample_id=sent.message_id)
    if isinstance(event, CallbackQuery):
        await event.answer()
    await write(bot, chat_id, screens.previewed(_, preview))  # under the sample, not above it


def suggested_name(_: Translator, text: str) -> str:
    """Return the message's first words, without its placeholders' braces."""
    words = text.replace("{{", "").replace("}}", "").split()[:SUGGESTED_WORDS]
    return " ".join(words)[:LONGEST_NAME].strip(" ,.:;!?–—-") or _("Message")


def _draft(data: dict[str, Any]) -> Template | None:
    """Return the message being composed, as a template without an id; None when there is none."""
    if "text" not in data:
        return None
    entities = tuple(map(Entity.from_json, data["entities"]))
    return Template(0, "", data["text"], entities, data["media_id"])


def router() -> Router:
    """Return a fresh router with the handlers of composing."""
    routes = Router(name="composing")
    message, press = routes.message.register, routes.callback_query.register
    no_command = ~F.text.startswith("/")
    press(ask_message, Pressed(NewTemplate), flags=BUILD)
    message(take_message, Composing.message, no_command, flags=BUILD)
    press(another_person, Pressed(ShowAnotherPerson), flags=BUILD)
    press(ask_name, Pressed(AskTemplateName), flags=BUILD)
    message(take_name, Composing.name, F.text, no_command, flags=BUILD)
    press(keep_name, Pressed(KeepTemplateName), flags=BUILD)
    return routes
