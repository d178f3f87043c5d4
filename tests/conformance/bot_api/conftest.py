"""What is documented of the Bot API, held by the sandbox before aiogram as it comes."""

from __future__ import annotations

from tests.sandbox.bot_api.conftest import anna, bot, bot_api, faults, world

__all__ = ["anna", "bot", "bot_api", "faults", "world"]
