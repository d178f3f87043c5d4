"""The Bot API over HTTP (core.telegram.org/bots/api), for unmodified clients such as aiogram."""

from sandbox.bot_api.rate_limit import RateLimit
from sandbox.bot_api.server import BotApiServer

__all__ = ["BotApiServer", "RateLimit"]
