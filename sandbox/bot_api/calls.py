"""One call of a Bot API method: read from HTTP, validated against aiogram's model, and answered.

This is the only module that the server imports lazily: aiogram takes seconds of CPU time to import.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from aiogram.methods import TelegramMethod
from aiohttp import web

from sandbox.bot_api.context import BotContext
from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.methods import HANDLERS
from sandbox.bot_api.request import read_values, type_of_method, validate

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A request for one method. `values` are its parameters as they were sent, not validated."""

    model: type[TelegramMethod[Any]]
    values: dict[str, Any]

    @property
    def method(self) -> str:
        """The method's name as the documentation writes it: "sendMessage"."""
        return self.model.__api_method__

    @property
    def chat_id(self) -> object:
        """The chat that the request names, as it was sent; None when it names none."""
        return self.values.get("chat_id")

    async def answer(self, context: BotContext) -> Any:
        """Validate the parameters, run the method for the bot and return its JSON result.

        Raises `ApiError`: 400 for invalid parameters, 501 for a method that is not implemented.
        """
        handler = HANDLERS.get(self.model)
        if handler is None:
            log.error("The sandbox does not serve %s", self.method)
            raise ApiError(501, f"The sandbox does not serve {self.method}")
        return await handler(context, validate(self.model, self.values))


async def read_call(request: web.Request) -> Call:
    """Read the request's method and parameters; raises `ApiError` (404 for an unknown method)."""
    model = type_of_method.get(request.match_info["method"].lower())
    if model is None:
        raise ApiError(404, "Not Found: method not found")
    return Call(model, await read_values(request))
