"""The bot's /command menu, as the client of one person would show it."""

from __future__ import annotations

import json
from typing import Any

from sandbox.bot_api import BotApiServer
from sandbox.world import PersonRecord


def commands(
    bot_api: BotApiServer, bot: PersonRecord, person: PersonRecord
) -> list[dict[str, str]]:
    """What setMyCommands left for this person: the narrowest scope wins, then their language."""
    kept: dict[tuple[str, str], list[dict[str, str]]] = {}
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
