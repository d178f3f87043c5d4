"""The Bot API's door into the world, for aiogram as it comes from the shelf."""

from sandbox.bot_api.door import BotApiDoor

__all__ = ["BotApiDoor"]
