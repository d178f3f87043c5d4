"""The bot's profile, chats, blocking, commands and the menu button."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    ChatMemberBanned,
    ChatMemberMember,
    MenuButtonCommands,
    MenuButtonWebApp,
    WebAppInfo,
)

from sandbox.person import Person
from tests.sandbox.bot_api.conftest import ANNA, BORIS, BOT


async def test_get_me_returns_the_bot(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#getme"""
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (BOT, True, "desk_bot")


@pytest.mark.usefixtures("anna")
async def test_get_chat_returns_a_private_chat(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#getchat"""
    chat = await bot.get_chat(ANNA)
    assert (chat.type, chat.first_name, chat.username) == ("private", "Anna", "anna")


async def test_blocking_and_unblocking_come_as_my_chat_member(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#chatmemberupdated"""
    anna.block("desk_bot")
    anna.block("desk_bot")
    anna.unblock("desk_bot")
    _, blocked, unblocked = (update.my_chat_member for update in await bot.get_updates())
    assert blocked is not None
    assert blocked.from_user.id == blocked.chat.id == ANNA
    assert isinstance(blocked.old_chat_member, ChatMemberMember)
    assert isinstance(blocked.new_chat_member, ChatMemberBanned)
    assert blocked.new_chat_member.user.id == BOT
    assert unblocked is not None
    assert isinstance(unblocked.new_chat_member, ChatMemberMember)


async def test_a_chat_action_needs_permission_to_write(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#sendchataction"""
    assert await bot.send_chat_action(ANNA, "upload_document")
    assert [m.text for m in anna.history(BOT)] == ["/start"]


async def test_commands_are_stored_by_scope_and_language(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#setmycommands"""
    start = BotCommand(command="start", description="Begin")
    everyone, anna = BotCommandScopeAllPrivateChats(), BotCommandScopeChat(chat_id=ANNA)
    assert await bot.set_my_commands([start], scope=everyone)
    assert await bot.set_my_commands([], scope=anna, language_code="ru")
    (kept,) = await bot.get_my_commands(scope=everyone)
    assert (kept.command, kept.description) == ("start", "Begin")
    assert await bot.get_my_commands() == []
    assert await bot.get_my_commands(scope=everyone, language_code="ru") == []
    assert await bot.delete_my_commands(scope=everyone)
    assert await bot.get_my_commands(scope=everyone) == []


async def test_names_fall_back_to_the_one_without_a_language(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#setmydescription"""
    assert await bot.set_my_description("What it does")
    assert await bot.set_my_description("Что он делает", language_code="ru")
    assert await bot.set_my_short_description("Short")
    assert (await bot.get_my_description()).description == "What it does"
    assert (await bot.get_my_description(language_code="ru")).description == "Что он делает"
    assert (await bot.get_my_short_description(language_code="ru")).short_description == "Short"
    assert (await bot.get_my_name()).name == "Campaign desk"
    assert await bot.set_my_name("Desk")
    assert (await bot.get_my_name()).name == "Desk"


@pytest.mark.usefixtures("anna")
async def test_a_chats_menu_button_takes_precedence(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#setchatmenubutton"""

    async def shown(chat_id: int | None = None) -> str | None:
        button = await bot.get_chat_menu_button(chat_id=chat_id)
        return button.text or button.type

    assert await shown() == "commands"
    shop = MenuButtonWebApp(text="Shop", web_app=WebAppInfo(url="https://example.org/"))
    assert await bot.set_chat_menu_button(menu_button=shop)
    assert await shown(BORIS) == "Shop"
    assert await bot.set_chat_menu_button(chat_id=ANNA, menu_button=MenuButtonCommands())
    assert await shown(ANNA) == "commands"
