"""The Bot API's door into the world, for aiogram as it comes from the shelf."""

from sandbox.bot_api.rate_limit import RateLimit
from sandbox.bot_api.server import BotApiServer

__all__ = ["BotApiServer", "RateLimit"]
