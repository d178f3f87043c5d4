"""A bot's commands, name, descriptions and menu button, by scope and language."""

from __future__ import annotations

import re
from typing import Any

from aiogram.methods import (
    DeleteMyCommands,
    GetChatMenuButton,
    GetMyCommands,
    GetMyDescription,
    GetMyName,
    GetMyShortDescription,
    SetChatMenuButton,
    SetMyCommands,
    SetMyDescription,
    SetMyName,
    SetMyShortDescription,
)

from sandbox.bot_api.context import BotContext
from sandbox.bot_api.errors import bad_request

Json = dict[str, Any]
Text = SetMyName | SetMyDescription | SetMyShortDescription

MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION = 256
_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def _place(ask: SetMyCommands | GetMyCommands | DeleteMyCommands) -> tuple[str, str, str]:
    scope = ask.scope.model_dump_json() if ask.scope else '{"type":"default"}'
    return "commands", scope, ask.language_code or ""


async def set_my_commands(context: BotContext, ask: SetMyCommands) -> bool:
    """Store the commands; raises `ApiError` for more than 100 and for an invalid name or
    description.
    """
    if len(ask.commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for one in ask.commands:
        if not _COMMAND.fullmatch(one.command.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(one.description) <= _DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    context.settings[_place(ask)] = [
        {"command": one.command.removeprefix("/"), "description": one.description}
        for one in ask.commands
    ]
    return True


async def get_my_commands(context: BotContext, ask: GetMyCommands) -> list[Json]:
    commands: list[Json] = context.settings.get(_place(ask), [])
    return commands


async def delete_my_commands(context: BotContext, ask: DeleteMyCommands) -> bool:
    context.settings.pop(_place(ask), None)
    return True


async def set_my_text(context: BotContext, ask: Text) -> bool:
    """Serve setMyName, setMyDescription and setMyShortDescription."""
    for name, limit in _LIMITS.items():
        if hasattr(ask, name):
            given = getattr(ask, name) or ""
            if len(given) > limit:
                raise bad_request(f"{name} is too long")
            context.settings[name, "", ask.language_code or ""] = given
    return True


async def get_my_name(context: BotContext, ask: GetMyName) -> Json:
    return {"name": _text(context, "name", ask.language_code) or context.bot.name}


async def get_my_description(context: BotContext, ask: GetMyDescription) -> Json:
    return {"description": _text(context, "description", ask.language_code)}


async def get_my_short_description(context: BotContext, ask: GetMyShortDescription) -> Json:
    return {"short_description": _text(context, "short_description", ask.language_code)}


def _text(context: BotContext, name: str, language: str | None) -> str:
    """Return the text in this language, or else the text for all languages."""
    own = context.settings.get((name, "", language or ""))
    text: str = own or context.settings.get((name, "", "")) or ""
    return text


async def set_chat_menu_button(context: BotContext, ask: SetChatMenuButton) -> bool:
    """Set the button of one chat, or that of all chats without their own."""
    chat = str(context.chat(ask.chat_id).id) if ask.chat_id is not None else ""
    button = ask.menu_button.model_dump(exclude_none=True) if ask.menu_button else None
    context.settings["menu_button", chat, ""] = button
    return True


async def get_chat_menu_button(context: BotContext, ask: GetChatMenuButton) -> Json:
    chat = str(context.chat(ask.chat_id).id) if ask.chat_id is not None else ""
    own = context.settings.get(("menu_button", chat, ""))
    if own is not None and own["type"] != "default":
        return dict(own)
    general = context.settings.get(("menu_button", "", ""))
    return dict(general or {"type": "commands"})
