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

MAX_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION = 256
_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def _place(request: SetMyCommands | GetMyCommands | DeleteMyCommands) -> tuple[str, str, str]:
    scope = request.scope.model_dump_json() if request.scope else '{"type":"default"}'
    return "commands", scope, request.language_code or ""


async def set_my_commands(context: BotContext, request: SetMyCommands) -> bool:
    """Store the commands.

    Raises `ApiError` for more than 100 commands and for an invalid name or description.
    """
    if len(request.commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for one in request.commands:
        if not _COMMAND.fullmatch(one.command.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(one.description) <= _DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    context.settings[_place(request)] = [
        {"command": one.command.removeprefix("/"), "description": one.description}
        for one in request.commands
    ]
    return True


async def get_my_commands(context: BotContext, request: GetMyCommands) -> list[Json]:
    commands: list[Json] = context.settings.get(_place(request), [])
    return commands


async def delete_my_commands(context: BotContext, request: DeleteMyCommands) -> bool:
    context.settings.pop(_place(request), None)
    return True


async def set_my_text(context: BotContext, request: Text) -> bool:
    """Serve setMyName, setMyDescription and setMyShortDescription."""
    for name, limit in _LIMITS.items():
        if hasattr(request, name):
            given = getattr(request, name) or ""
            if len(given) > limit:
                raise bad_request(f"{name} is too long")
            context.settings[name, "", request.language_code or ""] = given
    return True


async def get_my_name(context: BotContext, request: GetMyName) -> Json:
    return {"name": _text(context, "name", request.language_code) or context.bot.name}


async def get_my_description(context: BotContext, request: GetMyDescription) -> Json:
    return {"description": _text(context, "description", request.language_code)}


async def get_my_short_description(context: BotContext, request: GetMyShortDescription) -> Json:
    return {"short_description": _text(context, "short_description", request.language_code)}


def _text(context: BotContext, name: str, language: str | None) -> str:
    """Return the text in this language, or else the text for all languages."""
    own = context.settings.get((name, "", language or ""))
    text: str = own or context.settings.get((name, "", "")) or ""
    return text


async def set_chat_menu_button(context: BotContext, request: SetChatMenuButton) -> bool:
    """Set the button of one chat, or that of all chats without their own."""
    chat = str(context.chat(request.chat_id).id) if request.chat_id is not None else ""
    button = request.menu_button.model_dump(exclude_none=True) if request.menu_button else None
    context.settings["menu_button", chat, ""] = button
    return True


async def get_chat_menu_button(context: BotContext, request: GetChatMenuButton) -> Json:
    chat = str(context.chat(request.chat_id).id) if request.chat_id is not None else ""
    own = context.settings.get(("menu_button", chat, ""))
    if own is not None and own["type"] != "default":
        return dict(own)
    general = context.settings.get(("menu_button", "", ""))
    return dict(general or {"type": "commands"})
