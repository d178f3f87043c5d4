"""The Bot API's door into the world, for aiogram as it comes from the shelf."""

from sandbox.bot_api.door import BotApiDoor
from sandbox.bot_api.pace import Pace

__all__ = ["BotApiDoor", "Pace"]
