"""Fixtures: the sandbox's Bot API and an unmodified aiogram."""

from __future__ import annotations

from tests.sandbox.bot_api.conftest import anna, bot, bot_api, faults, world

__all__ = ["anna", "bot", "bot_api", "faults", "world"]
