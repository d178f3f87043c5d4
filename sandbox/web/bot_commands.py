"""A bot's menu of commands as the client of one person shows it."""

from __future__ import annotations

import json
from typing import Any

from sandbox.bot_api import BotApiServer
from sandbox.world import PersonRecord

Commands = list[dict[str, str]]


def commands(bot_api: BotApiServer, bot: PersonRecord, person: PersonRecord) -> Commands:
    """Return what setMyCommands set for this person in the private chat with the bot.

    The narrowest scope wins, then the person's language, in the order that
    core.telegram.org/bots/api#determining-list-of-commands gives. Empty when nothing is set.
    """
    kept: dict[tuple[str, str], Commands] = {}
    for (what, scope, language), value in bot_api.open_context(bot).settings.items():
        if what == "commands":
            kept[_scope(json.loads(scope)), language] = value
    for wanted in (f"chat {person.id}", "all_private_chats", "default"):
        for language in (person.language, ""):
            if (wanted, language) in kept:
                return kept[wanted, language]
    return []


def _scope(scope: dict[str, Any]) -> str:
    kind: str = scope["type"]
    return f"chat {scope['chat_id']}" if kind == "chat" else kind
